namespace OptimizationGateway.Faults.Checker;

/// <summary>What the harness knows of a run besides the histories.</summary>
internal sealed record RunFacts
{
    public int Seed { get; init; }

    /// <summary>How long faults were made.</summary>
    public double Seconds { get; init; }

    /// <summary>When the last fault was over, all programs were up, and the heads were read; Unix time in milliseconds.</summary>
    public long CalmAt { get; init; }

    /// <summary>Each job's newest id then.</summary>
    public Dictionary<string, long> Heads { get; init; } = [];

    public List<ProgramAtRest> AtRest { get; init; } = [];

    /// <summary>How often viewers joined a stream that was open already.</summary>
    public long Joined { get; init; }

    /// <summary>How often viewers fell behind what a gateway keeps of a job.</summary>
    public long Fallen { get; init; }
}

/// <summary>What a program has open two seconds after the last socket was closed.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Gauges">Its gauges; each should be zero.</param>
/// <param name="Descriptors">Its descriptors, without the connections to a backend that are kept for the next stream.</param>
/// <param name="DescriptorsBefore">The same before the first fault, when one client had come and gone; null where nothing can be said,
/// because the program keeps a connection to its database for every read that was ever made at the same time.</param>
internal sealed record ProgramAtRest(string Program, Dictionary<string, long> Gauges, long Descriptors, long? DescriptorsBefore);
