using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The steps that wait to be told, in order. An empty replay is told only if the client waits for the last of its history; any other
/// is no news to it. Pure; owned by a <see cref="WatchTranscript"/>.
/// </summary>
/// <param name="owesLastReplay">True if the client waits for the last of its history already.</param>
internal sealed class StepQueue(bool owesLastReplay)
{
    private readonly Queue<WatchStep> steps = new();
    private readonly WatchStep.Live live = new(WatchedEvent.Unreadable);
    private bool owesLastReplay = owesLastReplay;

    /// <summary>True if a step waits to be told.</summary>
    public bool HasSteps => steps.Count > 0;

    /// <summary>Takes the next step, if there is one.</summary>
    public bool TryTake(out WatchStep step) => steps.TryDequeue(out step!);

    /// <summary>Adds the opening.</summary>
    /// <param name="opened">The step.</param>
    /// <param name="promisesHistory">True if the client may expect a last replay, even if it is empty.</param>
    public void Open(WatchStep.Opened opened, bool promisesHistory)
    {
        owesLastReplay = promisesHistory;
        steps.Enqueue(opened);
    }

    /// <summary>Adds a batch of history.</summary>
    public void AddHistory(List<WatchedEvent> fresh, bool hasMore)
    {
        if (fresh.Count > 0 || (owesLastReplay && !hasMore))
        {
            owesLastReplay = hasMore;
            steps.Enqueue(new WatchStep.History(fresh, hasMore));
        }
    }

    /// <summary>Adds a live event, and before it the last replay if the backend went over to live events without one.</summary>
    public void AddLive(in WatchedEvent watched)
    {
        if (owesLastReplay)
        {
            AddHistory([], hasMore: false);
        }

        live.Event = watched;
        steps.Enqueue(live);
    }

    /// <summary>Adds the end.</summary>
    public void End(WatchEnd reason) => steps.Enqueue(new WatchStep.Ended(reason));

    /// <summary>Records that a step was taken back. If it was history, a last replay is still to come.</summary>
    public void Retract(WatchStep step)
    {
        steps.Clear();
        owesLastReplay |= step is WatchStep.History;
    }

    /// <summary>Creates the empty replay that tells the client that an outage is over. More follows it if history is still owed.</summary>
    public WatchStep.History AllClear() => new([], HasMore: owesLastReplay);
}
