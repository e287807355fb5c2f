using Google.Protobuf;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>A job as the writer finds it.</summary>
/// <param name="Number">The job's number; 0: there is no such job yet.</param>
/// <param name="Epoch">The epoch of its log.</param>
/// <param name="Head">Everything that decides about appends.</param>
/// <param name="Description">The job as its events tell it.</param>
internal sealed record JobRow(long Number, string Epoch, JobHead Head, Job Description)
{
    public bool IsNew => Number == 0;
}

/// <summary>The statements that write jobs, their events and their producers.</summary>
internal sealed class JobTable : IDisposable
{
    private readonly string fileEpoch;
    private readonly int? retain;
    private readonly SqliteConnection connection;
    private readonly List<SqliteCommand> commands = [];
    private readonly SqliteCommand find;
    private readonly SqliteCommand findProducer;
    private readonly SqliteCommand putJob;
    private readonly SqliteCommand putEvent;
    private readonly SqliteCommand putProducer;
    private readonly SqliteCommand dropEvents;
    private readonly SqliteCommand dropJob;
    private readonly SqliteCommand lastNumber;
    private readonly SqliteCommand countJobs;
    private readonly SqliteCommand countProducers;

    /// <param name="connection">The connection to write with.</param>
    /// <param name="fileEpoch">The epoch of jobs that have none of their own.</param>
    /// <param name="retain">The number of events kept of a job; null: all.</param>
    public JobTable(SqliteConnection connection, string fileEpoch, int? retain)
    {
        (this.connection, this.fileEpoch, this.retain) = (connection, fileEpoch, retain);
        find = Command("SELECT number, epoch, description, latest_event_id, ended, lease, heard, lost FROM jobs WHERE job_id = $1;", 1);
        findProducer = Command("SELECT epoch, sequence FROM producers WHERE job = $1 AND producer = $2;", 2);
        putJob = Command(
            """
            INSERT INTO jobs
              (job_id, epoch, ended, earliest_event_id, latest_event_id, record, description, state, search, updated, lease, heard, lost)
            VALUES ($1, $2, $3, max(1, $4 - $5 + 1), $4, coalesce($6, '{}'), $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (job_id) DO UPDATE SET
              ended = $3, earliest_event_id = max(earliest_event_id, $4 - $5 + 1), latest_event_id = $4, record = coalesce($6, record),
              description = $7, state = $8, search = $9, updated = $10, lease = $11, heard = $12, lost = $13
            RETURNING number, earliest_event_id;
            """,
            13
        );
        putEvent = Command("INSERT INTO events VALUES ($1, $2, $3);", 3);
        putProducer = Command(
            "INSERT INTO producers VALUES ($1, $2, $3, $4) ON CONFLICT (job, producer) DO UPDATE SET epoch = $3, sequence = $4;",
            4
        );
        dropEvents = Command("DELETE FROM events WHERE job = $1 AND id < (SELECT earliest_event_id FROM jobs WHERE number = $1);", 1);
        lastNumber = Command("SELECT coalesce(max(number), 0) FROM jobs;", 0);
        countJobs = Command("SELECT count(*) FROM jobs;", 0);
        countProducers = Command("SELECT count(*) FROM producers WHERE job = $1;", 1);
        dropJob = Command("DELETE FROM jobs WHERE job_id = $1 AND ended AND updated < $2 RETURNING number;", 2);
    }

    public void Enlist(SqliteTransaction transaction) => commands.ForEach(command => command.Transaction = transaction);

    /// <summary>Finds a job, and the last append of a producer to it.</summary>
    public JobRow Find(string jobId, string? producer, DateTimeOffset now)
    {
        Bind(find, jobId);
        using var row = find.ExecuteReader();
        if (!row.Read())
        {
            // A job may have been dropped under this id: its ids are used again, so the epoch must be another one.
            var nothing = new JobHead(LastId: 0, Ended: false, Lease: null, Producer: null, Iteration: 0);
            return new JobRow(0, Guid.NewGuid().ToString("N")[..16], nothing, JobFold.Create(jobId, now));
        }

        var (number, epoch) = (row.GetInt64(0), row.GetString(1));
        var description = Job.Parser.ParseFrom(row.GetFieldValue<byte[]>(2));
        var lease = row.IsDBNull(5)
            ? null
            : new JobLease(TimeSpan.FromTicks(row.GetInt64(5)), new DateTimeOffset(row.GetInt64(6), TimeSpan.Zero), row.GetBoolean(7));
        var mark = producer is null ? null : FindProducer(number, producer);
        var head = new JobHead(row.GetInt64(3), row.GetBoolean(4), lease, mark, description.Iteration);
        return new JobRow(number, epoch.Length > 0 ? epoch : fileEpoch, head, description);
    }

    /// <summary>Writes a job.</summary>
    /// <returns>Its number, and the id of the oldest event that is kept.</returns>
    public (long Number, long EarliestId) Put(JobRow found, Job job, bool ended, JobLease? lease, string? record)
    {
        Bind(
            putJob,
            job.JobId,
            found.Epoch,
            ended,
            job.LastEventId,
            retain ?? long.MaxValue,
            record ?? (object)DBNull.Value,
            job.ToByteArray(),
            (int)job.State,
            job.SearchText(),
            job.UpdateTime.ToDateTimeOffset().UtcTicks,
            lease?.Duration.Ticks ?? (object)DBNull.Value,
            lease?.HeardAt.UtcTicks ?? 0,
            lease?.IsLost ?? false
        );
        using var row = putJob.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>True if there are fewer jobs than so many. They are counted only where their numbers don't show it.</summary>
    public bool HasRoomForJob(long most) => (long)lastNumber.ExecuteScalar()! < most || (long)countJobs.ExecuteScalar()! < most;

    /// <summary>True if a job has fewer producers than so many.</summary>
    public bool HasRoomForProducer(long number, long most)
    {
        Bind(countProducers, number);
        return (long)countProducers.ExecuteScalar()! < most;
    }

    public void PutEvent(long number, long id, byte[] encoded) => Run(putEvent, number, id, encoded);

    public void PutProducer(long number, string producer, ProducerMark mark) =>
        Run(putProducer, number, producer, mark.Epoch, mark.Sequence);

    /// <summary>Deletes the events that aren't kept.</summary>
    public void DropOldEvents(long number)
    {
        if (retain is not null)
        {
            Run(dropEvents, number);
        }
    }

    /// <summary>Deletes a job that ended before a time.</summary>
    public void Drop(string jobId, DateTimeOffset before)
    {
        Bind(dropJob, jobId, before.UtcTicks);
        if (dropJob.ExecuteScalar() is long number)
        {
            using var drop = connection.CreateCommand();
            drop.Transaction = dropJob.Transaction;
            drop.CommandText = "DELETE FROM events WHERE job = $job; DELETE FROM producers WHERE job = $job;";
            drop.Parameters.AddWithValue("$job", number);
            drop.ExecuteNonQuery();
        }
    }

    public void Dispose() => commands.ForEach(command => command.Dispose());

    private ProducerMark? FindProducer(long number, string producer)
    {
        Bind(findProducer, number, producer);
        using var row = findProducer.ExecuteReader();
        return row.Read() ? new ProducerMark(row.GetInt64(0), row.GetInt64(1)) : null;
    }

    private SqliteCommand Command(string text, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        commands.Add(command);
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        Bind(command, values);
        command.ExecuteNonQuery();
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}
