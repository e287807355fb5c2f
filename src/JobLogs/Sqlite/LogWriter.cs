using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>The one connection that writes. Not thread-safe: <see cref="SqliteJobLogStore"/> has one task that uses it.</summary>
internal sealed class LogWriter : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly JobTable jobs;
    private readonly JobLogsOptions options;
    private readonly TimeProvider time;
    private readonly DateTimeOffset listeningSince;

    /// <param name="database">The database to write.</param>
    /// <param name="options">The settings: how much of jobs is kept, and for how long.</param>
    /// <param name="time">The clock of leases, and of events that have no time.</param>
    public LogWriter(LogDatabase database, JobLogsOptions options, TimeProvider time)
    {
        (this.options, this.time, listeningSince) = (options, time, time.GetUtcNow());
        connection = database.Connect();
        jobs = new JobTable(connection, database.Epoch, options.RetainEventsPerJob);
    }

    /// <summary>Commits all of the changes or, by an exception, none. One that is refused changes nothing for the others.</summary>
    public void Commit(IReadOnlyList<LogChange> changes)
    {
        using var transaction = connection.BeginTransaction();
        jobs.Enlist(transaction);
        foreach (var change in changes)
        {
            Make(change);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        jobs.Dispose();
        connection.Dispose();
    }

    private void Make(LogChange change)
    {
        // Anew at each attempt: somebody else's append may be before it now, or no more.
        (change.Result, change.Refusal) = (null, null);
        var now = time.GetUtcNow();
        try
        {
            switch (change)
            {
                case QueuedAppend { Append: var append }:
                    var found = jobs.Find(append.JobId, append.Producer?.Id, now);
                    var decision = AppendRules.Decide(found.IsNew ? null : found.Head, append, now);
                    CheckRoom(found, append);
                    change.Result = Put(found, decision, append, now);
                    break;
                case QueuedExpiry:
                    var silent = jobs.Find(change.JobId, producer: null, now);
                    change.Result = LeaseRules.Expire(silent.Head, listeningSince, options.EndLostJobsAfter, now) is { } due
                        ? Put(silent, due, append: null, now)
                        : null;
                    break;
                case QueuedDrop { Before: var before }:
                    jobs.Drop(change.JobId, before);
                    break;
            }
        }
        catch (Exception refusal) when (refusal is not SqliteException)
        {
            change.Refusal = refusal;
        }
    }

    private void CheckRoom(JobRow found, JobAppend append)
    {
        if (found.IsNew && options.MaxJobs is { } mostJobs && !jobs.HasRoomForJob(mostJobs))
        {
            throw new JobLogLimitException(JobLogLimit.Jobs, mostJobs);
        }

        var isNewProducer = append.Producer is not null && found.Head.Producer is null;
        if (isNewProducer && options.MaxProducersPerJob is { } mostProducers && !jobs.HasRoomForProducer(found.Number, mostProducers))
        {
            throw new JobLogLimitException(JobLogLimit.ProducersPerJob, mostProducers);
        }
    }

    private JobAppendResult Put(JobRow found, AppendDecision decision, JobAppend? append, DateTimeOffset now)
    {
        var encoded = Encode(found, decision.Events, now);
        var job = found.Description;
        foreach (var jobEvent in decision.Events)
        {
            job.Add(jobEvent);
        }

        // That of a repeat is as old as the first append: a later one may have changed it.
        var record = decision.IsRepeat ? null : append?.Record;

        // Only what changes a job moves it in the list: no repeat, and no sign of life of a producer.
        if (encoded.Count > 0 || record is not null)
        {
            job.UpdateTime = now.ToTimestamp();
        }

        var ended = found.Head.Ended || (decision.Events is [.., var last] && last.IsTerminal());
        var (number, earliest) = jobs.Put(found, job, ended, decision.Lease, record);
        for (var i = 0; i < encoded.Count; i++)
        {
            jobs.PutEvent(number, decision.Events[i].Id, encoded[i]);
        }

        jobs.DropOldEvents(number);
        if (append?.Producer is { Id: var producer } && decision is { IsRepeat: false, Producer: { } mark })
        {
            jobs.PutProducer(number, producer, mark);
        }

        var state = new JobLogState(found.Epoch, earliest, job.LastEventId, ended);
        return new JobAppendResult(state, found.IsNew, decision.IsRepeat, decision.Producer?.Sequence);
    }

    /// <summary>Numbers and encodes the events before any of them is written: those that can't be encoded must not hold up all others.</summary>
    private static List<byte[]> Encode(JobRow found, IReadOnlyList<JobEvent> events, DateTimeOffset now)
    {
        try
        {
            var lastId = found.Head.LastId;
            var encoded = new List<byte[]>(events.Count);
            foreach (var jobEvent in events)
            {
                jobEvent.PreviousId = lastId;
                jobEvent.Id = ++lastId;
                jobEvent.Timestamp ??= now.ToTimestamp();
                encoded.Add(jobEvent.ToByteArray());
            }

            return encoded;
        }
        catch (Exception fault)
        {
            throw new ArgumentException($"The events can't be encoded: {fault.Message}", nameof(events), fault);
        }
    }
}
