namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>One thing that happened on a connection, as often as it did without anything else of the same job between.</summary>
/// <param name="Kind">The kind of event.</param>
/// <param name="At">The time of the first occurrence.</param>
/// <param name="LastAt">The time of the last occurrence.</param>
/// <param name="Times">The number of occurrences.</param>
/// <param name="JobId">The job; null for the whole connection.</param>
/// <param name="Code">A code of a closed set: an error, a cause, a reason.</param>
/// <param name="EventId">The event it is about.</param>
internal sealed record TimelineEntry(
    TimelineEntryKind Kind,
    DateTimeOffset At,
    DateTimeOffset LastAt,
    int Times,
    string? JobId,
    string? Code,
    long? EventId
);
