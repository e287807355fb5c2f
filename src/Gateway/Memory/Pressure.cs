namespace OptimizationGateway.Gateway.Memory;

/// <summary>The distance of the memory that is held for clients from its limit. Each step adds a measure to those before it.</summary>
internal enum Pressure
{
    /// <summary>There is room.</summary>
    None,

    /// <summary>Feeds keep only what a viewer still has to be sent.</summary>
    ShrinkRings,

    /// <summary>Little may wait for each connection; streams that would bring more are given up, with their windows.</summary>
    HoldBack,

    /// <summary>The readers that hold most and move least are sent away.</summary>
    Shed,

    /// <summary>New connections are refused, and new streams wait.</summary>
    Refuse,
}
