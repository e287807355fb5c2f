using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Rules;

/// <summary>Decides about producers that are silent for longer than their lease, and about their return. Pure.</summary>
internal static class LeaseRules
{
    /// <summary>The lease after an append.</summary>
    /// <param name="head">The job before it.</param>
    /// <param name="asked">The lease that the append asks for; null: as it was.</param>
    /// <param name="now">The time.</param>
    public static JobLease? Renew(JobHead head, TimeSpan? asked, DateTimeOffset now) =>
        !head.Ended && (asked ?? head.Lease?.Duration) is { } duration ? new JobLease(duration, now, IsLost: false) : null;

    /// <summary>The events that tell of a producer's return: <c>job_resumed</c> if it was lost.</summary>
    /// <param name="head">The job before the append.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<JobEvent> Resume(JobHead head, DateTimeOffset now) =>
        head.Lease is { IsLost: true }
            ?
            [
                new JobEvent
                {
                    Iteration = head.Iteration,
                    Timestamp = now.ToTimestamp(),
                    JobResumed = new JobResumed { ResumeFromIteration = head.Iteration },
                },
            ]
            : [];

    /// <summary>Decides about silence.</summary>
    /// <param name="head">The job.</param>
    /// <param name="listeningSince">The time since which producers can be heard: silence before it isn't theirs.</param>
    /// <param name="endLostAfter">The time after which the job of a lost producer is ended.</param>
    /// <param name="now">The time.</param>
    /// <returns>The event to append, and the lease afterwards; null if nothing is due.</returns>
    public static AppendDecision? Expire(JobHead head, DateTimeOffset listeningSince, TimeSpan endLostAfter, DateTimeOffset now)
    {
        if (head.Ended || head.Lease is not { } lease)
        {
            return null;
        }

        var silence = now - (lease.HeardAt > listeningSince ? lease.HeardAt : listeningSince);
        if (!lease.IsLost)
        {
            return silence > lease.Duration ? Fail(head, lease.Duration, lease with { IsLost = true }, now) : null;
        }

        var longest = lease.Duration + endLostAfter;
        return silence > longest ? Fail(head, longest, lease: null, now) : null;
    }

    private static AppendDecision Fail(JobHead head, TimeSpan silence, JobLease? lease, DateTimeOffset now)
    {
        var error = string.Create(CultureInfo.InvariantCulture, $"The producer was not heard of for {silence.TotalSeconds:0.###} s.");
        var failed = new JobEvent
        {
            Iteration = head.Iteration,
            Timestamp = now.ToTimestamp(),
            JobFailed = new JobFailed { Error = error, WillRetry = lease is not null },
        };
        return new AppendDecision([failed], lease, Producer: null, IsRepeat: false);
    }
}
