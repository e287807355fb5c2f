using System.Text.Json;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>A connection that reads. In WAL mode it sees only what is committed, and so only what the disk has.</summary>
internal sealed class LogReader : IDisposable
{
    private readonly string epoch;
    private readonly SqliteConnection connection;
    private readonly SqliteCommand bounds;
    private readonly SqliteCommand events;

    public LogReader(LogDatabase database)
    {
        epoch = database.Epoch;
        connection = database.Connect();
        bounds = connection.CreateCommand();
        bounds.CommandText = "SELECT number, earliest_event_id, latest_event_id, ended, epoch FROM jobs WHERE job_id = $id;";
        bounds.Parameters.Add("$id", SqliteType.Text);
        events = connection.CreateCommand();
        events.CommandText = "SELECT event FROM events WHERE job = $job AND id > $after ORDER BY id LIMIT $limit;";
        events.Parameters.Add("$job", SqliteType.Integer);
        events.Parameters.Add("$after", SqliteType.Integer);
        events.Parameters.AddWithValue("$limit", JobLogPage.MaxEvents);
    }

    public SqliteConnection Connection => connection;

    public JobLogState? Find(string jobId)
    {
        bounds.Transaction = null;
        return ReadBounds(jobId)?.State;
    }

    /// <summary>The bounds and the events belong together: one transaction, one snapshot.</summary>
    public JobLogPage? Read(string jobId, long afterEventId)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        bounds.Transaction = events.Transaction = snapshot;
        if (ReadBounds(jobId) is not { } job)
        {
            return null;
        }

        return new JobLogPage(job.State, afterEventId < job.State.LastId ? ReadEvents(job.Number, afterEventId) : []);
    }

    public Job? Describe(string jobId)
    {
        using var command = Command("SELECT description FROM jobs WHERE job_id = $id;", ("$id", jobId));
        return command.ExecuteScalar() is byte[] description ? Job.Parser.ParseFrom(description) : null;
    }

    public JobList List(JobListQuery query)
    {
        // lower() knows the letters of ASCII, as the contract has it.
        using var command = Command(
            """
            SELECT description, updated FROM jobs
            WHERE updated <= $updated
              AND ($states = '[]' OR state IN (SELECT value FROM json_each($states)))
              AND ($text = '' OR instr(lower(search), lower($text)) > 0)
            ORDER BY updated DESC, number DESC LIMIT $limit OFFSET $ties;
            """,
            ("$updated", query.After?.UpdateTime.UtcTicks ?? long.MaxValue),
            ("$states", JsonSerializer.Serialize(query.States)),
            ("$text", query.Text),
            ("$limit", query.Limit + 1),
            ("$ties", query.After?.Ties ?? 0)
        );
        using var rows = command.ExecuteReader();
        return JobListPages.Page(query, Read());

        IEnumerable<(Job Job, DateTimeOffset UpdateTime)> Read()
        {
            while (rows.Read())
            {
                yield return (Job.Parser.ParseFrom(rows.GetFieldValue<byte[]>(0)), new DateTimeOffset(rows.GetInt64(1), TimeSpan.Zero));
            }
        }
    }

    /// <summary>Finds jobs whose producer may be lost, those that were silent for the longest time first.</summary>
    public List<string> FindSilent(DateTimeOffset now) =>
        FindIds("SELECT job_id FROM jobs WHERE lease IS NOT NULL AND heard + lease < $time ORDER BY heard LIMIT 1000;", now);

    /// <summary>Finds jobs that ended before a time.</summary>
    public List<string> FindEnded(DateTimeOffset before) =>
        FindIds("SELECT job_id FROM jobs WHERE ended AND updated < $time ORDER BY updated LIMIT 1000;", before);

    public void Dispose()
    {
        bounds.Dispose();
        events.Dispose();
        connection.Dispose();
    }

    private (long Number, JobLogState State)? ReadBounds(string jobId)
    {
        bounds.Parameters["$id"].Value = jobId;
        using var row = bounds.ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        var own = row.GetString(4);
        return (row.GetInt64(0), new JobLogState(own.Length > 0 ? own : epoch, row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3)));
    }

    private List<string> FindIds(string text, DateTimeOffset time)
    {
        using var command = Command(text, ("$time", time.UtcTicks));
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private List<JobEvent> ReadEvents(long job, long afterEventId)
    {
        events.Parameters["$job"].Value = job;
        events.Parameters["$after"].Value = afterEventId;
        using var rows = events.ExecuteReader();
        var found = new List<JobEvent>();
        var bytes = 0L;
        while (rows.Read())
        {
            var encoded = rows.GetFieldValue<byte[]>(0);
            bytes += encoded.Length;
            if (found.Count > 0 && bytes > JobLogPage.MaxBytes)
            {
                break;
            }

            found.Add(Nesting.Parse(JobEvent.Parser, encoded));
        }

        return found;
    }
}
