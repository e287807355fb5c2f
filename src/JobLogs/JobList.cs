using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>A question for the jobs of a store, those that changed last first.</summary>
/// <param name="States">The states that jobs must be in; none: any.</param>
/// <param name="Text">The text that a job's id, prompt id or data set id must contain, in either case of ASCII letters; empty: any job.</param>
/// <param name="After">The place to go on from, as <see cref="JobList.Next"/> gave it; null: from the start.</param>
/// <param name="Limit">The most jobs to return, from 1.</param>
public sealed record JobListQuery(IReadOnlyList<JobState> States, string Text, JobListPlace? After, int Limit);

/// <summary>A place in the list of jobs: behind so many jobs of a time, and behind all that changed later.</summary>
/// <param name="UpdateTime">The time.</param>
/// <param name="Ties">The number of jobs of that time before the place.</param>
public sealed record JobListPlace(DateTimeOffset UpdateTime, int Ties);

/// <summary>A page of jobs, those that changed last first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">The place behind them; null if there are no more.</param>
public sealed record JobList(IReadOnlyList<Job> Jobs, JobListPlace? Next);
