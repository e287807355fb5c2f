namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Where a connection is in its life.</summary>
internal enum ConnectionState
{
    Open,

    /// <summary>It is decided how it ends; the farewell is on its way.</summary>
    Ending,

    Ended,
}
