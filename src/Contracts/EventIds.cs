namespace OptimizationGateway.Contracts;

/// <summary>The range of event ids: PROTOCOL.md sections 2 and 8.</summary>
public static class EventIds
{
    /// <summary>2^53−1, the largest integer that a browser's number holds exactly. The smallest id is 1.</summary>
    public const long Max = (1L << 53) - 1;
}
