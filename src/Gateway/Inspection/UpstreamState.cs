namespace OptimizationGateway.Gateway.Inspection;

/// <summary>How a watch's stream to its backend is.</summary>
internal enum UpstreamState
{
    /// <summary>Asked for, not confirmed yet.</summary>
    Opening,

    /// <summary>Confirmed.</summary>
    Open,

    /// <summary>There is none: it is let go or broken, and another will be opened.</summary>
    None,
}
