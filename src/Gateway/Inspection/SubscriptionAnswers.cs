using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One subscription in a list of connections.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Condition">Its condition.</param>
/// <param name="Cursor">The last event that the client's socket has taken.</param>
/// <param name="Head">The newest event that is known here.</param>
internal sealed record SubscriptionRow(string JobId, Condition Condition, long? Cursor, long? Head);

/// <summary>One subscription in detail.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Since">The time the client asked for it.</param>
/// <param name="AfterEventId">The event id that the client asked to resume after; null for live only.</param>
/// <param name="Condition">Its condition.</param>
/// <param name="State">Opening, open, or waiting (the client was told that the backend is away); null if its connection has ended.</param>
/// <param name="Ended">The reason of its end, as in <c>unsubscribed</c>.</param>
/// <param name="Epoch">The epoch of the job's log.</param>
/// <param name="Cursor">The last event that the client's socket has taken; before the first one, the event id that it started after.</param>
/// <param name="Head">The newest event that is known here.</param>
/// <param name="HeadNow">For an ended connection: the newest event that open connections know of; null if none does.</param>
/// <param name="LagEvents">The difference between head and cursor.</param>
/// <param name="LagSeconds">The time that the oldest event has waited that the client lacks.</param>
/// <param name="Queue">The messages that wait.</param>
/// <param name="Sent">The events and bytes that the client took.</param>
/// <param name="Upstream">The watch behind it; null if no backend has the job.</param>
/// <param name="Feed">The shared stream that it reads; null while it has a stream of its own.</param>
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
    FeedDetail? Feed,
    SentError? LastError
)
{
    public static SubscriptionDetail Of(in SubscriptionView view, in SubscriptionProgress progress) =>
        new(
            view.JobId,
            view.Since,
            view.AfterEventId,
            progress.Condition,
            view.State,
            view.Ended?.Name,
            view.Watch is { Epoch: { Length: > 0 } epoch } ? epoch : null,
            progress.Cursor,
            progress.Head,
            HeadNow: null,
            progress.LagEvents,
            progress.LagSeconds,
            QueueDetail.Of(view.Lane),
            new SentDetail(view.Lane.EventsSent, view.Lane.BytesSent),
            view.Watch is { } watch ? UpstreamDetail.Of(watch) : null,
            view.Seat is { Feed: var feed } ? new FeedDetail(feed.Viewers, feed.Floor, feed.Head, feed.Bytes, feed.SlowestBytes) : null,
            view.LastError
        );
}

/// <summary>The messages of one subscription that wait for the client.</summary>
/// <param name="Bytes">The memory they occupy.</param>
/// <param name="Messages">The number of messages.</param>
/// <param name="Events">The number of events in them.</param>
/// <param name="LastEventId">The last event that was queued, sent since or not; null if none was.</param>
/// <param name="IsFull">True if the backend's stream is held back for this client.</param>
internal sealed record QueueDetail(int Bytes, int Messages, int Events, long? LastEventId, bool IsFull)
{
    public static QueueDetail Of(in LaneView lane) =>
        new(lane.QueuedBytes, lane.QueuedMessages, lane.QueuedEvents, lane.QueuedEventId > 0 ? lane.QueuedEventId : null, lane.IsFull);
}

/// <summary>The watch behind a subscription.</summary>
/// <param name="Backend">The backend's name in the settings.</param>
/// <param name="Replica">The replica of the present stream, or of the last one.</param>
/// <param name="State">The state of the stream.</param>
/// <param name="Streams">The number of streams that were opened.</param>
/// <param name="Reopens">The number of reopens by cause; <c>HeldBack</c> is a client that took nothing for a while.</param>
/// <param name="LastBreak">The last break of a stream.</param>
/// <param name="OutageSeconds">The time that the backend has been away; null if it isn't.</param>
internal sealed record UpstreamDetail(
    string Backend,
    string? Replica,
    UpstreamState State,
    int Streams,
    IReadOnlyDictionary<string, int> Reopens,
    BreakDetail? LastBreak,
    double? OutageSeconds
)
{
    private const string HeldBack = "HeldBack";

    public static UpstreamDetail Of(in WatchView watch)
    {
        var streams = watch.Streams;
        var reopens = streams.Reopens.ToDictionary(reopen => reopen.Cause.ToString(), reopen => reopen.Count, StringComparer.Ordinal);
        if (streams.HeldBack > 0)
        {
            reopens[HeldBack] = streams.HeldBack;
        }

        return new UpstreamDetail(
            streams.Backend,
            streams.Place,
            watch.IsConfirmed ? UpstreamState.Open
                : streams.HasStream ? UpstreamState.Opening
                : watch.IsQueued ? UpstreamState.Queued
                : UpstreamState.None,
            streams.Opened,
            reopens,
            streams.LastBreak is { } last ? new BreakDetail(last.Cause.ToString(), last.At) : null,
            watch.OutageAge is { } age ? Math.Round(age.TotalSeconds, 3) : null
        );
    }
}

/// <summary>A stream that the viewers of a job share.</summary>
/// <param name="Viewers">The number of viewers.</param>
/// <param name="Floor">The event before the oldest one that the gateway holds: a viewer that is at it or later reads from memory.</param>
/// <param name="Head">The newest event.</param>
/// <param name="Bytes">The memory that the held events take.</param>
/// <param name="SlowestBytes">The bytes that the slowest viewer still has to be sent.</param>
internal sealed record FeedDetail(int Viewers, long Floor, long Head, long Bytes, long SlowestBytes);

/// <summary>The states of a watch's stream.</summary>
internal enum UpstreamState
{
    /// <summary>Requested, and not confirmed yet.</summary>
    Opening,

    /// <summary>Confirmed.</summary>
    Open,

    /// <summary>No stream: it waits for its turn, since streams to a backend are opened at a limited rate.</summary>
    Queued,

    /// <summary>No stream: it was released or broke, and another will be opened.</summary>
    None,
}

/// <summary>The break of a stream.</summary>
/// <param name="Cause">The cause, by the names of the metric and the log.</param>
/// <param name="At">The time of the break.</param>
internal sealed record BreakDetail(string Cause, DateTimeOffset At);
