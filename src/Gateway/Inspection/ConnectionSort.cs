namespace OptimizationGateway.Gateway.Inspection;

/// <summary>By what connections are sorted.</summary>
internal enum ConnectionSort
{
    /// <summary>When they connected.</summary>
    Since,

    /// <summary>How many events the one of their subscriptions lags that lags most.</summary>
    Lag,

    /// <summary>How long the oldest events have waited for them.</summary>
    Waiting,

    /// <summary>How many bytes wait for them.</summary>
    Queued,

    /// <summary>How many events they took.</summary>
    Sent,

    /// <summary>By their condition, and where that is the same by how long something has waited.</summary>
    Worst,
}
