namespace OptimizationGateway.Faults.Checker;

/// <summary>An invariant that didn't hold.</summary>
/// <param name="Invariant">Which.</param>
/// <param name="What">What happened, in words.</param>
internal sealed record Breach(Invariant Invariant, string What)
{
    public string Client { get; init; } = "";

    public string Job { get; init; } = "";

    /// <summary>Where in the histories: file and line.</summary>
    public string Where { get; init; } = "";

    public long At { get; init; }

    /// <summary>How many ids it concerns.</summary>
    public long Count { get; init; } = 1;
}
