using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Rules;

/// <summary>Checks what an append can be refused for without a look at the log.</summary>
internal static class AppendChecks
{
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(1);

    /// <exception cref="ArgumentException">The append isn't allowed; the message says why.</exception>
    public static void Check(this JobAppend append)
    {
        if (Fault(append) is { } fault)
        {
            throw new ArgumentException(fault, nameof(append));
        }
    }

    private static string? Fault(JobAppend append)
    {
        if (!JobIds.IsAllowed(append.JobId))
        {
            return $"A job's id must be 1 to {JobIds.MaxLength} characters without control characters.";
        }

        if (append.Record is not null && !IsJson(append.Record))
        {
            // An index over records would refuse it at each attempt, and so hold up all others.
            return "A job's record must be a JSON document.";
        }

        if (append.Lease is { } lease && (lease < ShortestLease || lease > LongestLease))
        {
            return "A lease must be a time from 1 s to 1 day.";
        }

        if (append.Events.Select(Fault).FirstOrDefault(fault => fault is not null) is { } wrong)
        {
            return wrong;
        }

        return append.Events.SkipLast(1).FirstOrDefault(jobEvent => jobEvent.IsTerminal()) is { } terminal
                ? $"{terminal.PayloadCase} ends the job: no event can follow it."
            : append.Producer is { } producer ? Fault(producer)
            : null;
    }

    private static string? Fault(JobEvent? jobEvent) =>
        jobEvent is null ? "An event must not be null."
        : Iterations(jobEvent).Any(iteration => iteration < 0) ? "An event's iterations must not be negative."
        : !Times(jobEvent).All(IsTime) ? "An event's times must be of the years 1 to 9999."
        : null;

    private static int[] Iterations(JobEvent jobEvent) =>
        [
            jobEvent.Iteration,
            jobEvent.JobPaused?.CurrentIteration ?? 0,
            jobEvent.JobResumed?.ResumeFromIteration ?? 0,
            jobEvent.JobCancelled?.FinalIteration ?? 0,
        ];

    private static Timestamp?[] Times(JobEvent jobEvent) =>
        [jobEvent.Timestamp, jobEvent.JobPaused?.PausedAt, jobEvent.JobResumed?.ResumedAt, jobEvent.JobCancelled?.CancelledAt];

    private static bool IsTime(Timestamp? time) =>
        time is null
        || (
            time.Seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
            && time.Seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && time.Nanos is >= 0 and < 1_000_000_000
        );

    private static string? Fault(JobProducer producer) =>
        !JobIds.IsAllowed(producer.Id) ? $"A producer's id must be 1 to {JobIds.MaxLength} characters without control characters."
        : producer.Epoch is < 0 or > EventIds.Max ? "A producer's epoch must be a whole number from 0 to 2^53-1."
        : producer.Sequence is < 0 or > EventIds.Max ? "A producer's sequence must be a whole number from 0 to 2^53-1."
        : null;

    private static bool IsJson(string record)
    {
        try
        {
            using var parsed = JsonDocument.Parse(record);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
