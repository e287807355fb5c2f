namespace OptimizationGateway.JobLogs;

/// <summary>The reasons for which a producer's append is refused.</summary>
public enum ProducerRefusal
{
    /// <summary>A later run of the producer has appended: this one is over.</summary>
    Fenced,

    /// <summary>An append of the same run is missing before this one.</summary>
    Gap,

    /// <summary>A new run doesn't begin with sequence 0.</summary>
    RunBeginsLate,
}

/// <summary>An append of a producer is refused. Nothing was appended.</summary>
/// <param name="jobId">The job.</param>
/// <param name="sent">The producer, as it sent the append.</param>
/// <param name="refusal">The reason.</param>
/// <param name="epoch">The epoch of the producer's newest run; that of the append if the log doesn't know the producer.</param>
/// <param name="expectedSequence">The sequence that comes next in that run.</param>
public sealed class ProducerException(string jobId, JobProducer sent, ProducerRefusal refusal, long epoch, long expectedSequence)
    : Exception(Describe(jobId, sent, refusal, epoch, expectedSequence))
{
    /// <summary>The reason.</summary>
    public ProducerRefusal Refusal => refusal;

    /// <summary>The epoch of the producer's newest run; that of the append if the log doesn't know the producer.</summary>
    public long Epoch => epoch;

    /// <summary>The sequence that comes next in that run.</summary>
    public long ExpectedSequence => expectedSequence;

    private static string Describe(string jobId, JobProducer sent, ProducerRefusal refusal, long epoch, long expectedSequence) =>
        refusal switch
        {
            ProducerRefusal.Fenced =>
                $"Producer {sent.Id} of {jobId} is at epoch {epoch}, and this append is of epoch {sent.Epoch}: a later run has replaced it. "
                    + "Nothing was appended.",
            ProducerRefusal.Gap =>
                $"The next sequence of producer {sent.Id} for {jobId} is {expectedSequence}, not {sent.Sequence}. Nothing was appended; "
                    + "send the missing appends first.",
            _ =>
                $"Epoch {sent.Epoch} of producer {sent.Id} for {jobId} must begin with sequence 0, not {sent.Sequence}. Nothing was appended.",
        };
}
