namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Where a subscription stands.</summary>
internal enum SubscriptionState
{
    /// <summary>The backend hasn't confirmed it yet.</summary>
    Opening,

    /// <summary>Confirmed: history or live events come.</summary>
    Open,

    /// <summary>Confirmed once, and its backend has been away for so long that the client was told.</summary>
    Waiting,
}
