using System.Runtime.CompilerServices;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// How a watch gets over the faults of its streams: it keeps in step what the client hears (<see cref="Outage"/>), what the log tells
/// (<see cref="WatchTrouble"/>) and whether and when the backend is asked again (<see cref="ReopenPolicy"/>), from a fault until the watch
/// moves on.
/// </summary>
/// <param name="start">What the client asked for.</param>
/// <param name="backend">Who has the job.</param>
/// <param name="transcript">What the client was told.</param>
/// <param name="outage">Whether the backend is away.</param>
/// <param name="policy">Whether the watch goes on.</param>
/// <param name="time">The clock.</param>
internal sealed class Recovery(
    WatchStart start,
    Backend backend,
    WatchTranscript transcript,
    Outage outage,
    ReopenPolicy policy,
    TimeProvider time
)
{
    private readonly WatchTrouble trouble = backend.NewTrouble(start.JobId);

    /// <summary>The watch's share in the backend's trouble, to be disposed of with the watch, also where its consumer walks away.</summary>
    public IDisposable Share => trouble;

    /// <summary>When the outage began, by the clock's timestamp; null where there is none.</summary>
    public long? OutageSince => outage.Since;

    /// <summary>How long until there will be news if nothing comes.</summary>
    public TimeSpan? NewsIn => transcript.IsSubscribed ? outage.EndsIn : AnnounceIn;

    /// <summary>What there is to tell though nothing came: the outage has become worth a word, or is over because the stream has stood.</summary>
    public WatchStep? News()
    {
        if (outage.EndsIn == TimeSpan.Zero)
        {
            EndOutage();
            return transcript.TryTell(out var allClear) ? allClear : null;
        }

        return !transcript.IsSubscribed && IsDue() ? new WatchStep.Outage() : null;
    }

    /// <summary>The client is told that the watch is open.</summary>
    public void Opened()
    {
        policy.Opened();
        if (!outage.IsOn)
        {
            trouble.End();
        }
    }

    /// <summary>The client has something new, or the stream has shown that it lives: the outage is over.</summary>
    public void Progressed()
    {
        EndOutage();
        policy.Progressed();
    }

    /// <summary>A heartbeat came: it counts once the stream has stood for a while.</summary>
    public void Heard()
    {
        if (outage.HasStood)
        {
            Progressed();
        }
    }

    /// <summary>The watch has come to its own end.</summary>
    public void Completed() => trouble.End();

    /// <summary>A stream broke.</summary>
    public void Begin(WatchFault fault)
    {
        if (outage.HasStood)
        {
            outage.End();
            trouble.End();
        }

        // A backend that says no to one client is not in trouble. Of a stream that fell silent the reopened one will tell.
        var isTrouble =
            fault.Kind is WatchFaultKind.Unavailable or WatchFaultKind.EndedEarly or WatchFaultKind.Breach
            || (fault.Kind == WatchFaultKind.Silent && !transcript.IsSubscribed);
        if (isTrouble)
        {
            trouble.Begin(transcript.Position.Cursor, fault);
        }

        outage.Begin(afterSilence: fault.Kind == WatchFaultKind.Silent && transcript.IsSubscribed);
    }

    /// <summary>Whether the watch goes on after the fault.</summary>
    /// <returns>Its end where it doesn't; else null.</returns>
    public WatchStep.Ended? Decide(WatchFault fault)
    {
        if (policy.Decide(fault, transcript.Position.Cursor) is { } end)
        {
            backend.Ended(start.JobId, end, fault);
            return new WatchStep.Ended(end, fault);
        }

        return policy.TimeLeft <= TimeSpan.Zero ? new WatchStep.Ended(WatchEnd.Unavailable, fault) : null;
    }

    /// <summary>Waits until the backend may be asked again, and tells of the outage when it is time to.</summary>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public async IAsyncEnumerable<WatchStep> WaitAsync([EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var pause in Pauses())
        {
            var began = time.GetTimestamp();
            while (pause - time.GetElapsedTime(began) is { Ticks: > 0 } wait)
            {
                await time.DelayAsync(AnnounceIn is { } left && left < wait ? left : wait, stop);
                if (IsDue())
                {
                    yield return new WatchStep.Outage();
                }
            }
        }
    }

    /// <summary>What to wait for before the next attempt, as far as there is time left: our own backoff, and then the backend's turn for us.</summary>
    private IEnumerable<TimeSpan> Pauses()
    {
        var delay = policy.NextDelay();
        yield return WithinTimeLeft(delay);
        yield return WithinTimeLeft(backend.NextTurn());
    }

    private TimeSpan WithinTimeLeft(TimeSpan delay) => policy.TimeLeft is { } left && left < delay ? left : delay;

    private void EndOutage()
    {
        outage.End();
        transcript.OutageEnded();
        trouble.End();
    }

    /// <summary>How long until the client is to hear of the outage. It hears of none while it waits for its first answer.</summary>
    private TimeSpan? AnnounceIn => transcript.IsOpen && !start.HistoryOnly ? outage.AnnounceIn : null;

    private bool IsDue()
    {
        var isDue = AnnounceIn == TimeSpan.Zero;
        if (isDue)
        {
            outage.Announced();
        }

        return isDue;
    }
}
