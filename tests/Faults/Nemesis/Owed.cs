namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What a run still needs of a kind of fault.</summary>
internal enum Owed
{
    Nothing,

    /// <summary>More of them, whenever they come.</summary>
    Any,

    /// <summary>One whose way has a replay on it.</summary>
    DuringReplay,

    /// <summary>One whose way has none.</summary>
    WhileLive,
}
