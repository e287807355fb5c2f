using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Rules;

/// <summary>The last append that a producer made to a job.</summary>
/// <param name="Epoch">The producer's run.</param>
/// <param name="Sequence">The append's number in it.</param>
internal sealed record ProducerMark(long Epoch, long Sequence);

/// <summary>A job's lease.</summary>
/// <param name="Duration">The longest silence.</param>
/// <param name="HeardAt">The time of the last append.</param>
/// <param name="IsLost">True if the producer counts as lost since.</param>
internal sealed record JobLease(TimeSpan Duration, DateTimeOffset HeardAt, bool IsLost);

/// <summary>Everything of a job that decides about an append.</summary>
/// <param name="LastId">The id of the newest event; 0: none.</param>
/// <param name="Ended">True if that event ended the job.</param>
/// <param name="Lease">The lease; null: none.</param>
/// <param name="Producer">The last append of the producer that appends now; null: it made none.</param>
/// <param name="Iteration">The last iteration that was finished.</param>
internal sealed record JobHead(long LastId, bool Ended, JobLease? Lease, ProducerMark? Producer, int Iteration);

/// <summary>The decision about an append that isn't refused.</summary>
/// <param name="Events">The events to append, in order; none if the append was made before, or has none.</param>
/// <param name="Lease">The lease afterwards; null: none.</param>
/// <param name="Producer">The producer's last append afterwards; null without a producer.</param>
/// <param name="IsRepeat">True if the producer made this append before.</param>
internal sealed record AppendDecision(IReadOnlyList<JobEvent> Events, JobLease? Lease, ProducerMark? Producer, bool IsRepeat);
