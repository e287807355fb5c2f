namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>One thing that happened on a connection, as often as it did without anything else of the same job between.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When, for the first time.</param>
/// <param name="LastAt">When, for the last time.</param>
/// <param name="Times">How often.</param>
/// <param name="JobId">Of which job; null: of the whole connection.</param>
/// <param name="Code">A code of a closed set: an error, a cause, a reason.</param>
/// <param name="EventId">The event it is about.</param>
internal sealed record Happening(
    HappeningKind Kind,
    DateTimeOffset At,
    DateTimeOffset LastAt,
    int Times,
    string? JobId,
    string? Code,
    long? EventId
);
