using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The progress of one subscription.</summary>
/// <param name="Condition">Its condition.</param>
/// <param name="Cursor">The last event that the client's socket has taken; before the first one, the id it started after; null if not known.</param>
/// <param name="Head">The newest event id that is known here; null if none is.</param>
/// <param name="LagEvents">The difference between head and cursor; null if not known.</param>
/// <param name="LagSeconds">
/// The time that the oldest event has waited that the client lacks; null if it lacks some, but none has been read.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SubscriptionProgress(Condition Condition, long? Cursor, long? Head, long? LagEvents, double? LagSeconds)
{
    /// <summary>The time after which an event that waits means a slow reader.</summary>
    public const double SlowSeconds = 1;

    /// <param name="view">The subscription.</param>
    /// <param name="head">The newest id that any subscription to the job's log knows of.</param>
    public static SubscriptionProgress Of(in SubscriptionView view, long? head, TimeProvider time)
    {
        var lane = view.Lane;
        var cursor =
            lane.SentEventId > 0 ? lane.SentEventId
            : lane.QueuedEventId == 0 && view.Watch is { } watch ? watch.Cursor
            : view.AfterEventId;
        // The newest ids were read a moment before.
        head = cursor > head ? cursor : head;
        var lag = head - cursor;
        double? waited =
            lane.OldestReadAt > 0 ? Math.Round(time.GetElapsedTime(lane.OldestReadAt).TotalSeconds, 3)
            : lag == 0 ? 0
            : null;
        return new SubscriptionProgress(ConditionOf(view, lag, waited), cursor, head, lag, waited);
    }

    /// <summary>The number that a list of subscriptions is sorted by.</summary>
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

    /// <summary>A number that is greater for a worse condition, and within one condition for a longer wait.</summary>
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

/// <summary>The worst progress of a connection's subscriptions.</summary>
internal sealed class ConnectionProgress(Session session)
{
    public Session Session => session;

    /// <summary>The worst condition; null if there is no subscription.</summary>
    public Condition? Condition { get; private set; }

    public long? LagEvents { get; private set; }

    public double? LagSeconds { get; private set; }

    public void Add(in SubscriptionProgress progress)
    {
        Condition = Condition is { } worst && worst > progress.Condition ? worst : progress.Condition;
        LagEvents = progress.LagEvents > (LagEvents ?? -1) ? progress.LagEvents : LagEvents;
        LagSeconds = progress.LagSeconds > (LagSeconds ?? -1) ? progress.LagSeconds : LagSeconds;
    }

    public long ValueOf(ConnectionSort sort) =>
        sort switch
        {
            ConnectionSort.Lag => LagEvents ?? 0,
            ConnectionSort.Waiting => SubscriptionProgress.Milliseconds(LagSeconds),
            ConnectionSort.Queued => session.QueuedBytes,
            ConnectionSort.Sent => session.Tally.EventsSent,
            ConnectionSort.Worst => SubscriptionProgress.BadnessOf(Condition, LagSeconds),
            _ => session.Since.UtcTicks,
        };
}
