using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

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
        bounds.CommandText = "SELECT number, earliest_event_id, latest_event_id, ended FROM jobs WHERE job_id = $id;";
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
        return row.Read() ? (row.GetInt64(0), new JobLogState(epoch, row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3))) : null;
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
