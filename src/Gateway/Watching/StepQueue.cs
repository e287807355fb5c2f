using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// What a watch has to tell its consumer next, in order. An empty replay is told only where the client waits for it (<see cref="OwedReplay"/>).
/// No I/O and no clock.
/// </summary>
/// <param name="outage">Whether the client was told that the backend is away.</param>
internal sealed class StepQueue(Outage outage)
{
    private readonly Queue<WatchStep> steps = new();
    private readonly OwedReplay owed = new();

    public bool TryTake(out WatchStep step) => steps.TryDequeue(out step!);

    /// <summary>A new stream was asked for.</summary>
    public void StreamStarted() => owed.ForgetAllClear();

    /// <param name="opened">What the client hears of the log.</param>
    /// <param name="promisesHistory">Whether there will be a last of the history, be it empty.</param>
    public void Open(WatchStep.Opened opened, bool promisesHistory)
    {
        owed.Promise(last: promisesHistory);
        steps.Enqueue(opened);
    }

    public void AddHistory(List<WatchedEvent> fresh, bool hasMore)
    {
        if (owed.IsNews(fresh.Count == 0, hasMore, outage.IsAnnounced))
        {
            steps.Enqueue(new WatchStep.History(fresh, hasMore));
        }
    }

    public void AddLive(in WatchedEvent watched)
    {
        owed.ForgetAllClear();
        if (owed.OwesLast)
        {
            // The backend went over to live events without a word; the client was promised one.
            AddHistory([], hasMore: false);
        }

        steps.Enqueue(new WatchStep.Live(watched));
    }

    /// <summary>The outage is over. Where the client was told of it and nothing else has told it of the end, an empty replay does.</summary>
    public void OutageEnded()
    {
        if (owed.TakeAllClear())
        {
            steps.Enqueue(new WatchStep.History([], HasMore: false));
        }
    }

    public void End(WatchEnd reason) => steps.Enqueue(new WatchStep.Ended(reason));

    /// <summary>Takes back a step that turned out not to be showable from some event on, and what was to follow it.</summary>
    public void Retract(WatchStep step)
    {
        steps.Clear();
        owed.Promise(last: step is WatchStep.History);
    }
}
