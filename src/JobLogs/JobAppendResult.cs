namespace OptimizationGateway.JobLogs;

/// <summary>The state of a job's log after an append.</summary>
/// <param name="State">The state. It is durable.</param>
/// <param name="IsNew">True if the append created the job.</param>
/// <param name="IsRepeat">True if the producer had made this append before, so that nothing was appended now.</param>
/// <param name="ProducerSequence">The greatest sequence of the producer's run that is in the log; null without a producer.</param>
public sealed record JobAppendResult(JobLogState State, bool IsNew = false, bool IsRepeat = false, long? ProducerSequence = null);
