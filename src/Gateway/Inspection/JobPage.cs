namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Who watches a job.</summary>
/// <param name="At">As of when.</param>
/// <param name="JobId">The job.</param>
/// <param name="Backend">The backend that has it by the settings; null: none has.</param>
/// <param name="Head">The newest event that is known of it here.</param>
/// <param name="Conditions">How the subscriptions to it are doing.</param>
/// <param name="Matched">How many of them are as was asked for.</param>
/// <param name="Watches">Those of this page.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
/// <param name="Ended">The connections that watched it and have ended, the latest first, as far as they are remembered.</param>
internal sealed record JobPage(
    DateTimeOffset At,
    string JobId,
    string? Backend,
    long? Head,
    IReadOnlyDictionary<Condition, int> Conditions,
    int Matched,
    IReadOnlyList<JobWatch> Watches,
    string? Next,
    IReadOnlyList<EndedRow> Ended
);
