namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>The states of a subscription.</summary>
internal enum SubscriptionState
{
    /// <summary>The backend hasn't confirmed the watch yet.</summary>
    Opening,

    /// <summary>The watch is confirmed: history or live events come.</summary>
    Open,

    /// <summary>The client was told that the backend is away.</summary>
    Waiting,
}
