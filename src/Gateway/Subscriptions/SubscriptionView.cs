using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>A subscription as it is at one moment.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Since">When the client asked for it.</param>
/// <param name="AfterEventId">Where the client wanted to go on from; null: from now on.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Ended">Why it has ended; null while it goes on.</param>
/// <param name="LastError">The last error that was sent about it.</param>
/// <param name="Lane">What waits for the client, and what it got.</param>
/// <param name="Watch">Its watch; null where no backend has the job.</param>
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
