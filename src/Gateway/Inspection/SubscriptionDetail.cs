using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>All about one subscription.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Since">When the client asked for it.</param>
/// <param name="AfterEventId">Where it wanted to go on from; null: from now on.</param>
/// <param name="Condition">How it is doing, in a word.</param>
/// <param name="State">Where it stands: opening, open, or waiting (the client was told that the backend is away). Null: its connection has ended.</param>
/// <param name="Ended">Why it has ended, as <c>unsubscribed</c> says it.</param>
/// <param name="Epoch">The epoch of the job's log.</param>
/// <param name="Cursor">The last event that the client's socket has taken; before the first, where it started.</param>
/// <param name="Head">The newest event that is known here.</param>
/// <param name="HeadNow">Where its connection has ended: the newest event that those who are here know of; null where none does.</param>
/// <param name="LagEvents">How many ids are between.</param>
/// <param name="LagSeconds">How long the oldest event has waited that the client lacks.</param>
/// <param name="Queue">What waits.</param>
/// <param name="Sent">What the client took.</param>
/// <param name="Upstream">The watch behind it; null where no backend has the job.</param>
/// <param name="LastError">The last error that was sent about it.</param>
internal sealed record SubscriptionDetail(
    string JobId,
    DateTimeOffset Since,
    long? AfterEventId,
    Condition Condition,
    SubscriptionState? State,
    string? Ended,
    string? Epoch,
    long? Cursor,
    long? Head,
    long? HeadNow,
    long? LagEvents,
    double? LagSeconds,
    QueueDetail Queue,
    SentDetail Sent,
    UpstreamDetail? Upstream,
    SentError? LastError
)
{
    public static SubscriptionDetail Of(in SubscriptionView view, in Reading reading) =>
        new(
            view.JobId,
            view.Since,
            view.AfterEventId,
            reading.Condition,
            view.State,
            view.Ended?.Name,
            view.Watch is { Epoch: { Length: > 0 } epoch } ? epoch : null,
            reading.Cursor,
            reading.Head,
            HeadNow: null,
            reading.LagEvents,
            reading.LagSeconds,
            QueueDetail.Of(view.Lane),
            new SentDetail(view.Lane.EventsSent, view.Lane.BytesSent),
            view.Watch is { } watch ? UpstreamDetail.Of(watch) : null,
            view.LastError
        );
}
