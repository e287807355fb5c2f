using System.Text.Json;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>A connection that reads. In WAL mode it sees only what is committed, and so only what the disk has.</summary>
internal sealed class LogReader : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand bounds;
    private readonly SqliteCommand events;

    public LogReader(LogDatabase database)
    {
        connection = database.Connect();
        bounds = connection.CreateCommand();
        bounds.CommandText = "SELECT earliest_event_id, latest_event_id, ended FROM jobs WHERE number = $job;";
        bounds.Parameters.Add("$job", SqliteType.Integer);
        events = connection.CreateCommand();
        events.CommandText = "SELECT event FROM events WHERE job = $job AND id > $after ORDER BY id LIMIT $limit;";
        events.Parameters.Add("$job", SqliteType.Integer);
        events.Parameters.Add("$after", SqliteType.Integer);
        events.Parameters.AddWithValue("$limit", LogPage.MaxEvents);
    }

    /// <summary>The bounds and the events belong together: one transaction, one snapshot.</summary>
    public LogPage Read(long job, long afterEventId)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        bounds.Transaction = events.Transaction = snapshot;
        var page = ReadBounds(job);
        return afterEventId < page.LatestId ? page with { Events = ReadEvents(job, afterEventId) } : page;
    }

    public IReadOnlyList<JobRecord> ReadJobs() => ReadJobs(0, long.MaxValue);

    public JobsPage ReadJobs(JobsFilter filter) => JobsList.Read(connection, filter);

    public JobRecord ReadJob(long number) => ReadJobs(number, number).Single();

    public void Dispose()
    {
        bounds.Dispose();
        events.Dispose();
        connection.Dispose();
    }

    private List<JobRecord> ReadJobs(long first, long last)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT record FROM jobs WHERE number BETWEEN $first AND $last ORDER BY number;";
        command.Parameters.AddWithValue("$first", first);
        command.Parameters.AddWithValue("$last", last);
        using var rows = command.ExecuteReader();
        var jobs = new List<JobRecord>();
        while (rows.Read())
        {
            jobs.Add(JsonSerializer.Deserialize<JobRecord>(rows.GetString(0))!);
        }

        return jobs;
    }

    private LogPage ReadBounds(long job)
    {
        bounds.Parameters["$job"].Value = job;
        using var row = bounds.ExecuteReader();
        row.Read();
        return new LogPage(row.GetInt64(0), row.GetInt64(1), row.GetBoolean(2), []);
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
            if (found.Count > 0 && bytes > LogPage.MaxBytes)
            {
                break;
            }

            found.Add(Nesting.Parse(JobEvent.Parser, encoded));
        }

        return found;
    }
}
