using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>The one connection that writes. Not thread-safe: <see cref="SqliteJobLogStore"/> has one task that uses it.</summary>
internal sealed class LogWriter : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand find;
    private readonly SqliteCommand putJob;
    private readonly SqliteCommand putEvent;
    private readonly SqliteCommand dropEvents;
    private readonly int? retain;
    private readonly TimeProvider time;

    /// <param name="database">The database to write.</param>
    /// <param name="retain">The number of events kept of a job; null: all.</param>
    /// <param name="time">The clock of events that have no time.</param>
    public LogWriter(LogDatabase database, int? retain, TimeProvider time)
    {
        (this.retain, this.time) = (retain, time);
        connection = database.Connect();
        find = Command("SELECT latest_event_id, ended FROM jobs WHERE job_id = $id;", "$id");
        putJob = Command(
            """
            INSERT INTO jobs (job_id, ended, earliest_event_id, latest_event_id, record)
            VALUES ($id, $ended, max(1, $latest - $retain + 1), $latest, coalesce($record, '{}'))
            ON CONFLICT (job_id) DO UPDATE SET
              ended = $ended, latest_event_id = $latest, record = coalesce($record, record),
              earliest_event_id = max(earliest_event_id, $latest - $retain + 1)
            RETURNING number;
            """,
            "$id",
            "$ended",
            "$latest",
            "$record"
        );
        putJob.Parameters.AddWithValue("$retain", retain ?? long.MaxValue);
        putEvent = Command("INSERT INTO events VALUES ($job, $id, $event);", "$job", "$id", "$event");
        dropEvents = Command(
            "DELETE FROM events WHERE job = $job AND id < (SELECT earliest_event_id FROM jobs WHERE number = $job);",
            "$job"
        );
    }

    /// <summary>Commits all of the appends or, by an exception, none. One that is refused changes nothing for the others.</summary>
    public void Commit(IReadOnlyList<QueuedAppend> appends)
    {
        using var transaction = connection.BeginTransaction();
        find.Transaction = putJob.Transaction = putEvent.Transaction = dropEvents.Transaction = transaction;
        foreach (var append in appends)
        {
            Put(append);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        find.Dispose();
        putJob.Dispose();
        putEvent.Dispose();
        dropEvents.Dispose();
        connection.Dispose();
    }

    private void Put(QueuedAppend queued)
    {
        var append = queued.Append;
        var (lastId, ended) = Find(append.JobId);

        // Anew at each attempt: somebody else's append may be before it now, or no more.
        queued.Refusal = Refuse(append, lastId, ended);
        if (queued.Refusal is not null || Encode(queued, lastId) is not { } encoded)
        {
            return;
        }

        Bind(
            putJob,
            append.JobId,
            append.Events is [.., var last] && last.IsTerminal(),
            queued.LastId,
            append.Record ?? (object)DBNull.Value
        );
        var job = (long)putJob.ExecuteScalar()!;
        foreach (var (jobEvent, bytes) in append.Events.Zip(encoded))
        {
            Bind(putEvent, job, jobEvent.Id, bytes);
            putEvent.ExecuteNonQuery();
        }

        if (retain is not null)
        {
            Bind(dropEvents, job);
            dropEvents.ExecuteNonQuery();
        }
    }

    private (long LastId, bool Ended) Find(string jobId)
    {
        Bind(find, jobId);
        using var row = find.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetBoolean(1)) : (0, false);
    }

    private static Exception? Refuse(JobAppend append, long lastId, bool ended) =>
        append.ExpectedLastId is { } expected && expected != lastId ? new AppendConflictException(append.JobId, lastId, expected)
        : ended ? new JobEndedException(append.JobId, lastId)
        : null;

    /// <summary>Numbers and encodes the events before any of them is written: those that can't be encoded must not hold up all others.</summary>
    private List<byte[]>? Encode(QueuedAppend queued, long lastId)
    {
        try
        {
            var encoded = new List<byte[]>(queued.Append.Events.Count);
            foreach (var jobEvent in queued.Append.Events)
            {
                jobEvent.PreviousId = lastId;
                jobEvent.Id = ++lastId;
                jobEvent.Timestamp ??= time.GetUtcNow().ToTimestamp();
                encoded.Add(jobEvent.ToByteArray());
            }

            queued.LastId = lastId;
            return encoded;
        }
        catch (Exception fault)
        {
            queued.Refusal = new ArgumentException($"The events can't be encoded: {fault.Message}", nameof(queued), fault);
            return null;
        }
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}
