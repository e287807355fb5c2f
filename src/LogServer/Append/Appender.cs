using System.Data.Common;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Settings;
using OptimizationGateway.LogServer.Telemetry;

namespace OptimizationGateway.LogServer.Append;

/// <summary>
/// Appends for both fronts. What is refused here, or by the log, is in no log: nothing is queued while the log can't be written.
/// </summary>
internal sealed class Appender(
    IJobLogStore store,
    LimitOptions limits,
    IHostApplicationLifetime lifetime,
    LogServerMetrics metrics,
    ILogger<Appender> logger
)
{
    /// <summary>The SQLSTATE of a full disk. The append was rolled back, so its outcome is known.</summary>
    private const string DiskFull = "53100";

    /// <summary>Appends.</summary>
    /// <param name="append">The events, in a form that the contract allows.</param>
    /// <param name="path">The name of the events in the request, for refusals.</param>
    /// <param name="cancel">Cancelled when nobody waits for the answer.</param>
    /// <exception cref="RefusedException">Nothing was appended; or nobody knows, and the refusal says so.</exception>
    public async Task<JobAppendResult> AppendAsync(JobAppend append, string path, CancellationToken cancel)
    {
        CheckSizes(append.Events, path);
        CheckLog();
        try
        {
            var result = await store.AppendAsync(append, cancel);
            metrics.Appended(result.IsRepeat ? 0 : append.Events.Count);
            return result;
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            throw new RefusedException(await RefusalOfAsync(fault, append));
        }
    }

    /// <summary>Reads the state of a job's log; null: there is no such job.</summary>
    public async ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken cancel)
    {
        try
        {
            return await store.FindAsync(jobId, cancel);
        }
        catch (Exception fault) when (fault is DbException or IOException or TimeoutException)
        {
            AppendLog.Unreadable(logger, jobId, fault);
            throw new RefusedException(Refusal.StoreAway with { Text = "The log can't be read at the moment. Try again in a moment." });
        }
    }

    private void CheckSizes(IReadOnlyList<JobEvent> events, string path)
    {
        if (events.Count > limits.BatchEvents)
        {
            throw new RefusedException(Refusal.TooManyEvents(limits.BatchEvents));
        }

        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].CalculateSize() is var bytes && bytes > limits.EventBytes)
            {
                throw new RefusedException(
                    Refusal.EventTooLarge(events.Count == 1 ? "The event" : $"{path}[{i}]", bytes, limits.EventBytes)
                );
            }
        }
    }

    private void CheckLog()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RefusedException(Refusal.Stopping);
        }

        if (store.IsFailing)
        {
            throw new RefusedException(store.IsFull ? Refusal.DiskFull : Refusal.StoreAway);
        }
    }

    private async ValueTask<Refusal> RefusalOfAsync(Exception fault, JobAppend append)
    {
        switch (fault)
        {
            case JobEndedException ended:
                return Refusal.Ended(ended.Message) with { State = await StateAsync(append.JobId, ended.LastId, ended: true) };
            case AppendConflictException conflict:
                return Refusal.Conflict(conflict.Message) with { State = await StateAsync(append.JobId, conflict.LastId, ended: false) };
            case ProducerException producer:
                return Of(producer, append.Producer!);
            case JobLogLimitException limit:
                return Of(limit);
            case ArgumentException invalid:
                return Refusal.InvalidEvent(FirstSentence(invalid));
            case OperationCanceledException:
                return Refusal.Stopping;
            case DbException { SqlState: DiskFull }:
                return Refusal.DiskFull;
            case DbException or IOException or TimeoutException:
                AppendLog.OutcomeUnknown(logger, append.JobId, fault);
                return Refusal.OutcomeUnknown;
            default:
                AppendLog.Failed(logger, append.JobId, fault);
                return Refusal.InternalError;
        }
    }

    private static Refusal Of(ProducerException fault, JobProducer sent) =>
        fault.Refusal switch
        {
            ProducerRefusal.Fenced => Refusal.Fenced(fault.Message) with { ProducerEpoch = fault.Epoch },
            ProducerRefusal.Gap => Refusal.Gap(fault.Message) with { Sequence = (fault.ExpectedSequence, sent.Sequence) },
            _ => Refusal.Invalid(fault.Message),
        };

    private static Refusal Of(JobLogLimitException fault) =>
        fault.Limit == JobLogLimit.Jobs
            ? new Refusal(
                "too_many_jobs",
                507,
                Grpc.Core.StatusCode.ResourceExhausted,
                $"{fault.Message} (LogServer:Limits:Jobs). Nothing was appended. Have old jobs deleted: LogServer:Retention:EndedJobs."
            )
            : new Refusal(
                "too_many_producers",
                507,
                Grpc.Core.StatusCode.ResourceExhausted,
                $"{fault.Message} (LogServer:Limits:ProducersPerJob). Nothing was appended. A producer keeps its id when it starts again, "
                    + "with a greater epoch."
            );

    /// <summary>The state with its epoch, which the exceptions don't have.</summary>
    private async ValueTask<RefusedState> StateAsync(string jobId, long lastId, bool ended)
    {
        try
        {
            return new RefusedState(lastId, (await store.FindAsync(jobId, CancellationToken.None))?.Epoch, ended);
        }
        catch (Exception fault) when (fault is DbException or IOException or TimeoutException)
        {
            return new RefusedState(lastId, Epoch: null, ended);
        }
    }

    /// <summary>The text without the name of a parameter that .NET puts behind it.</summary>
    private static string FirstSentence(ArgumentException invalid) =>
        invalid.ParamName is { } name ? invalid.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : invalid.Message;
}
