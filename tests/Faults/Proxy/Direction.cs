namespace OptimizationGateway.Faults.Proxy;

/// <summary>Which way bytes go through a proxy.</summary>
internal enum Direction
{
    /// <summary>From who connected to the target.</summary>
    Up,

    /// <summary>From the target to who connected.</summary>
    Down,
}
