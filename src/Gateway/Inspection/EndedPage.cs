namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The connections that have ended, the latest first.</summary>
/// <param name="At">As of when.</param>
/// <param name="Matched">How many of those remembered are as was asked for.</param>
/// <param name="Connections">Those of this page.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
internal sealed record EndedPage(DateTimeOffset At, int Matched, IReadOnlyList<EndedRow> Connections, string? Next);
