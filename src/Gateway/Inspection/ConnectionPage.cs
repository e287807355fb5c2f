namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Some of the connections.</summary>
/// <param name="At">As of when.</param>
/// <param name="Summary">All of them.</param>
/// <param name="Matched">How many are as was asked for.</param>
/// <param name="Connections">Those of this page.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
internal sealed record ConnectionPage(
    DateTimeOffset At,
    Summary Summary,
    int Matched,
    IReadOnlyList<ConnectionRow> Connections,
    string? Next
);
