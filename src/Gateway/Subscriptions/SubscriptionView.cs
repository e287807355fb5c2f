using System.Runtime.InteropServices;
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
/// <param name="Watch">The watch; null if no backend has the job.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SubscriptionView(
    string JobId,
    DateTimeOffset Since,
    long? AfterEventId,
    SubscriptionState State,
    UnsubscribeReason? Ended,
    SentError? LastError,
    LaneView Lane,
    WatchView? Watch
);
