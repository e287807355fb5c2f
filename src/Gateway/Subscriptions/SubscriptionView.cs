using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>A subscription as it is at one moment.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Since">The time of the client's request.</param>
/// <param name="AfterEventId">The cursor in the client's request; null for live events only.</param>
/// <param name="State">The state.</param>
/// <param name="Ended">The reason of its end; null while it goes on.</param>
/// <param name="LastError">The last error sent about it.</param>
/// <param name="Lane">The state of its lane.</param>
/// <param name="Watch">The watch, its own or its feed's; null if no backend has the job.</param>
/// <param name="Seat">The seat in the job's feed; null while it has a watch of its own.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SubscriptionView(
    string JobId,
    DateTimeOffset Since,
    long? AfterEventId,
    SubscriptionState State,
    UnsubscribeReason? Ended,
    SentError? LastError,
    LaneView Lane,
    WatchView? Watch,
    SeatView? Seat
);

/// <summary>A subscription's seat in its job's feed.</summary>
/// <param name="Cursor">The last event that was put into a message for the client.</param>
/// <param name="Feed">The feed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeatView(long Cursor, FeedView Feed);
