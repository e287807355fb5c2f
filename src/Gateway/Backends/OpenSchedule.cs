using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Decides when the streams of one backend are opened: at a rate, fairly over the clients, and with a bounded number of catch-ups at once.
/// A catch-up that waits for a place doesn't hold up streams that need none, nor does a client that is behind, for which none is opened. A
/// fifth of a second's opens may be unanswered at once: streams that wait for a connection, or for a backend that is busy, would arrive
/// together, and faster than the rate. Pure: no clock, no task; times are counted from its start.
/// </summary>
/// <param name="perSecond">The most opens in any second.</param>
/// <param name="places">The most catch-ups at once.</param>
/// <param name="held">The memory of all clients, in which each stream is counted.</param>
internal sealed class OpenSchedule(int perSecond, int places, HeldMemory held)
{
    private const int UnansweredParts = 5;

    /// <summary>The time after which memory, and clients that are behind, are looked at again.</summary>
    private static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(100);

    private readonly OpenRate rate = new(perSecond);
    private readonly FairQueue catchUps = new();
    private readonly FairQueue others = new();
    private readonly int mostUnanswered = Math.Max(1, perSecond / UnansweredParts);
    private int unanswered;
    private int taken;
    private bool othersNext;
    private TimeSpan lookedAt;

    /// <summary>The number of turns that wait.</summary>
    public int Waiting => catchUps.Count + others.Count;

    /// <summary>The number of places that are taken.</summary>
    public int CatchUps => taken;

    /// <summary>Asks for a turn, which comes at once if none waits that could come, and the rate and the places allow it.</summary>
    public void Ask(OpenTurn turn, TimeSpan now)
    {
        if (
            MayOpen
            && (!turn.IsCatchUp || HasFree)
            && !turn.Client.IsBehind
            && Next() is null
            && held.HasRoomForStream
            && rate.TryTake(now)
        )
        {
            Grant(turn);
            return;
        }

        turn.Wait();
        (turn.IsCatchUp ? catchUps : others).Add(turn);
    }

    /// <summary>Grants the turns that have come by now.</summary>
    /// <returns>The time until the next may come; null if none waits, or all wait for a place or an answer.</returns>
    public TimeSpan? Advance(TimeSpan now)
    {
        if (now - lookedAt >= RoomInterval)
        {
            lookedAt = now;
            others.LookAgain();
            catchUps.LookAgain();
        }

        while (Next() is { } turn)
        {
            if (!held.HasRoomForStream)
            {
                return RoomInterval;
            }

            if (!rate.TryTake(now))
            {
                return rate.Wait();
            }

            (turn.IsCatchUp ? catchUps : others).Take(turn);
            othersNext = turn.IsCatchUp;
            Grant(turn);
        }

        return IsAllBehind ? RoomInterval : null;
    }

    /// <summary>Records that the backend has answered the turn's stream.</summary>
    public void Answer(OpenTurn turn)
    {
        if (turn.IsUnanswered)
        {
            turn.IsUnanswered = false;
            unanswered--;
        }
    }

    /// <summary>Gives the turn's place back, if it has one, and waits for its answer no longer; a turn that waits takes no place when it comes.</summary>
    public void GivePlace(OpenTurn turn)
    {
        Answer(turn);
        turn.IsPlaceless = true;
        if (turn.HasPlace)
        {
            turn.HasPlace = false;
            taken--;
        }
    }

    /// <summary>Ends a turn: its stream is closed, or it isn't wanted any more. Can be called twice.</summary>
    public void End(OpenTurn turn)
    {
        if (turn.Node is not null)
        {
            (turn.IsCatchUp ? catchUps : others).Remove(turn);
        }

        GivePlace(turn);
        if (turn.IsCounted)
        {
            turn.IsCounted = false;
            held.AddStream(-Costs.Stream);
        }
    }

    private bool HasFree => taken < places;

    private bool MayOpen => unanswered < mostUnanswered;

    /// <summary>True if turns wait only because their clients are behind, once none can be granted.</summary>
    private bool IsAllBehind => MayOpen && (others.Count > 0 || (HasFree && catchUps.Count > 0));

    /// <summary>Returns the turn that waits for nothing but the rate and memory; null if there is none.</summary>
    private OpenTurn? Next()
    {
        if (!MayOpen)
        {
            return null;
        }

        var (other, catchUp) = (others.Next(), HasFree ? catchUps.Next() : null);
        return othersNext ? other ?? catchUp : catchUp ?? other;
    }

    private void Grant(OpenTurn turn)
    {
        if (turn is { IsCatchUp: true, IsPlaceless: false })
        {
            turn.HasPlace = true;
            taken++;
        }

        turn.IsUnanswered = true;
        unanswered++;
        turn.IsCounted = true;
        held.AddStream(Costs.Stream);
        turn.Come();
    }
}
