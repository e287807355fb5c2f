using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Spaces out the streams of one backend: each that is opened costs the backend a read of its log, and a restart of the backend or of another
/// gateway brings back thousands at once. It has a timer only once a stream has had to wait.
/// </summary>
/// <param name="perSecond">The most opens in any second.</param>
/// <param name="catchUps">The most streams that read history at once.</param>
/// <param name="held">The memory of all clients.</param>
internal sealed class OpenPacer(TimeProvider time, int perSecond, int catchUps, HeldMemory held) : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private readonly OpenSchedule schedule = new(perSecond, catchUps, held);
    private readonly long began = time.GetTimestamp();
    private ITimer? timer;
    private bool isDisposed;

    /// <summary>The number of streams that wait for their turn.</summary>
    public int Waiting => Read(static schedule => schedule.Waiting);

    /// <summary>The number of streams that have the place of a catch-up.</summary>
    public int CatchUps => Read(static schedule => schedule.CatchUps);

    private TimeSpan Now => time.GetElapsedTime(began);

    /// <summary>Asks for a turn. The caller ends it on every path.</summary>
    /// <param name="client">The client that the turn counts for.</param>
    /// <param name="isCatchUp">True if the stream may read history.</param>
    public OpenTurn Ask(IStreamOwner client, bool isCatchUp)
    {
        var turn = new OpenTurn(client, isCatchUp);
        lock (gate)
        {
            schedule.Ask(turn, Now);
            if (!turn.HasCome)
            {
                Advance();
            }
        }

        return turn;
    }

    /// <summary>Records that the backend has answered the turn's stream.</summary>
    public void Answer(OpenTurn turn) => Change(turn, static (schedule, turn) => schedule.Answer(turn));

    /// <summary>Gives the turn's place back: its stream reads no history, or is held up by something else than the backend.</summary>
    public void GivePlace(OpenTurn turn)
    {
        if (!turn.IsPlaceless || turn.IsUnanswered)
        {
            Change(turn, static (schedule, turn) => schedule.GivePlace(turn));
        }
    }

    /// <summary>Ends a turn. Can be called twice.</summary>
    public void End(OpenTurn turn) => Change(turn, static (schedule, turn) => schedule.End(turn));

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer?.Dispose();
        }
    }

    private void Change(OpenTurn turn, Action<OpenSchedule, OpenTurn> change)
    {
        lock (gate)
        {
            change(schedule, turn);
            Advance();
        }
    }

    private void Tick()
    {
        lock (gate)
        {
            Advance();
        }
    }

    private void Advance()
    {
        if (schedule.Advance(Now) is not { } wait || isDisposed)
        {
            return;
        }

        timer ??= time.CreateTimer(_ => Tick(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // A timer drops the rest of a millisecond.
        timer.Change(wait + ShortestWait, Timeout.InfiniteTimeSpan);
    }

    private int Read(Func<OpenSchedule, int> number)
    {
        lock (gate)
        {
            return number(schedule);
        }
    }
}
