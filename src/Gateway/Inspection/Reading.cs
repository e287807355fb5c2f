using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>What a subscription's numbers say.</summary>
/// <param name="Condition">How it is doing.</param>
/// <param name="Cursor">The id of the last event that the client's socket has taken; before the first, where it started. Null: not known.</param>
/// <param name="Head">The newest id that is known here; null: none is.</param>
/// <param name="LagEvents">How far the cursor is behind the head, in ids; null: not known.</param>
/// <param name="LagSeconds">How long the oldest event has waited that the client lacks; null: it lacks some, but none has been read.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Reading(Condition Condition, long? Cursor, long? Head, long? LagEvents, double? LagSeconds)
{
    /// <summary>What waits for longer is no longer on its way: the reader is slow.</summary>
    public const double SlowSeconds = 1;

    /// <param name="view">The subscription.</param>
    /// <param name="head">The newest id that any subscription to the job's log knows of.</param>
    /// <param name="time">The clock.</param>
    public static Reading Of(in SubscriptionView view, long? head, TimeProvider time)
    {
        var lane = view.Lane;
        var cursor =
            lane.SentEventId > 0 ? lane.SentEventId
            : lane.QueuedEventId == 0 && view.Watch is { } watch ? watch.Cursor
            : view.AfterEventId;
        // Heads are taken in a moment before.
        head = cursor > head ? cursor : head;
        var lag = head - cursor;
        double? waited =
            lane.OldestReadAt > 0 ? Math.Round(time.GetElapsedTime(lane.OldestReadAt).TotalSeconds, 3)
            : lag == 0 ? 0
            : null;
        return new Reading(ConditionOf(view, lag, waited), cursor, head, lag, waited);
    }

    /// <summary>The number that a list of them is sorted by.</summary>
    public long ValueOf(ConnectionSort sort, in SubscriptionView view) =>
        sort switch
        {
            ConnectionSort.Lag => LagEvents ?? 0,
            ConnectionSort.Waiting => Milliseconds(LagSeconds),
            ConnectionSort.Queued => view.Lane.QueuedBytes,
            ConnectionSort.Sent => view.Lane.EventsSent,
            ConnectionSort.Worst => BadnessOf(Condition, LagSeconds),
            _ => view.Since.UtcTicks,
        };

    /// <summary>What makes the worst come first.</summary>
    public static long BadnessOf(Condition? condition, double? lagSeconds) =>
        condition is { } known ? (((long)known + 1) << 40) + Math.Min(Milliseconds(lagSeconds), (1L << 40) - 1) : 0;

    public static long Milliseconds(double? seconds) => (long)((seconds ?? 0) * 1000);

    private static Condition ConditionOf(in SubscriptionView view, long? lag, double? waited) =>
        waited >= SlowSeconds ? Condition.SlowReader
        : view.Ended == UnsubscribeReason.Failed ? Condition.Failed
        : view.Ended is not null ? Condition.Ended
        : view.Watch is { OutageAge: not null, IsConfirmed: false } ? Condition.BackendAway
        : view.State == SubscriptionState.Opening ? Condition.Opening
        : lag > 0 ? Condition.CatchingUp
        : Condition.Current;
}
