namespace OptimizationGateway.JobLogs.Json;

/// <summary>Events in JSON aren't as the contract has them. The message names the member and says how it must be.</summary>
/// <param name="message">The message.</param>
public sealed class EventJsonException(string message) : FormatException(message)
{
    /// <summary>True if the events are more than is allowed, and may be right otherwise.</summary>
    public bool IsTooMany { get; init; }

    /// <summary>True if the message begins with the path of a member, which an object around it can make longer.</summary>
    private bool HasPath { get; init; }

    /// <summary>A fault of a value. Paths are made only where there is one: most events have none.</summary>
    /// <param name="rule">The rule for the value, such as <c>must be a number</c>.</param>
    internal static EventJsonException Of(string rule) => new(" " + rule) { HasPath = true };

    /// <summary>The fault of a member, as the object around it tells it.</summary>
    /// <param name="path">The member, with the dot or the brackets that join it to its object.</param>
    internal EventJsonException In(string path) => HasPath ? new EventJsonException(path + Message) { HasPath = true } : this;
}
