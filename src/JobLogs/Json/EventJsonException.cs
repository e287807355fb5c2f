namespace OptimizationGateway.JobLogs.Json;

/// <summary>Events in JSON aren't as the contract has them. The message names the member and says how it must be.</summary>
/// <param name="message">The message.</param>
public sealed class EventJsonException(string message) : FormatException(message)
{
    /// <summary>True if the events are more than is allowed, and may be right otherwise.</summary>
    public bool IsTooMany { get; init; }
}
