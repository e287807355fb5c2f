using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Rules;

/// <summary>Decides about appends. Pure: an engine calls it under the job's one order.</summary>
internal static class AppendRules
{
    private static readonly JobHead Nothing = new(LastId: 0, Ended: false, Lease: null, Producer: null, Iteration: 0);

    /// <summary>Decides about an append.</summary>
    /// <param name="head">The job; null: there is none yet.</param>
    /// <param name="append">The append.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AppendConflictException">The log's last id isn't the expected one.</exception>
    /// <exception cref="ProducerException">The producer was replaced, or its sequence has a gap.</exception>
    /// <exception cref="JobEndedException">The job has ended.</exception>
    public static AppendDecision Decide(JobHead? head, JobAppend append, DateTimeOffset now)
    {
        var known = head ?? Nothing;
        if (append.Producer is { } sent && known.Producer is { } mark && sent.Epoch == mark.Epoch && sent.Sequence <= mark.Sequence)
        {
            return new AppendDecision(LeaseRules.Resume(known, now), LeaseRules.Renew(known, append.Lease, now), mark, IsRepeat: true);
        }

        if (known.Ended)
        {
            throw new JobEndedException(append.JobId, known.LastId);
        }

        CheckProducer(append, known.Producer);
        if (append.ExpectedLastId is { } expected && expected != known.LastId)
        {
            throw new AppendConflictException(append.JobId, known.LastId, expected);
        }

        var ends = append.Events is [.., var last] && last.IsTerminal();
        return new AppendDecision(
            [.. LeaseRules.Resume(known, now), .. append.Events],
            ends ? null : LeaseRules.Renew(known, append.Lease, now),
            append.Producer is { } producer ? new ProducerMark(producer.Epoch, producer.Sequence) : null,
            IsRepeat: false
        );
    }

    private static void CheckProducer(JobAppend append, ProducerMark? mark)
    {
        if (append.Producer is not { } sent)
        {
            return;
        }

        var expected = mark is null || sent.Epoch > mark.Epoch ? 0 : mark.Sequence + 1;
        ProducerRefusal? refusal =
            mark is not null && sent.Epoch < mark.Epoch ? ProducerRefusal.Fenced
            : sent.Sequence == expected ? null
            : mark is not null && sent.Epoch > mark.Epoch ? ProducerRefusal.RunBeginsLate
            : ProducerRefusal.Gap;
        if (refusal is { } reason)
        {
            throw new ProducerException(append.JobId, sent, reason, mark?.Epoch ?? sent.Epoch, expected);
        }
    }
}
