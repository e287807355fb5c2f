using System.Text.Json;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.JobLogs.Sqlite;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>The jobs' records in the log, which are written together with their events.</summary>
internal sealed class EventLog(SqliteJobLogStore store)
{
    public string Epoch => store.Epoch;

    public DateTimeOffset CreatedAt => store.CreatedAt;

    /// <summary>True while the disk refuses writes.</summary>
    public bool IsFailing => store.IsFailing;

    /// <summary>Completes when the change is on disk; cancelled if the process stops before it is.</summary>
    /// <param name="job">The job's new state.</param>
    /// <param name="events">The events that go with it.</param>
    /// <param name="token">Ends the wait for a place in the queue, no more: what is queued may be on disk already.</param>
    public Task AppendAsync(JobRecord job, IReadOnlyList<JobEvent> events, CancellationToken token)
    {
        var append = new JobAppend(job.Id, events)
        {
            ExpectedLastId = job.LastEventId - events.Count,
            Record = JsonSerializer.Serialize(job),
        };
        return store.AppendAsync(append, token);
    }

    /// <summary>All jobs, oldest first, no older than what any watch has been sent.</summary>
    public IReadOnlyList<JobRecord> ReadJobs() =>
        store.Query(connection => ReadRecords(connection, "SELECT record FROM jobs;")).OrderBy(job => job.Number).ToList();

    /// <summary>A job, no older than what any watch has been sent; null: there is no such job.</summary>
    public JobRecord? ReadJob(string jobId) =>
        store.Query(connection => ReadRecords(connection, "SELECT record FROM jobs WHERE job_id = $id;", jobId)).SingleOrDefault();

    private static List<JobRecord> ReadRecords(SqliteConnection connection, string query, string jobId = "")
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        command.Parameters.AddWithValue("$id", jobId);
        using var rows = command.ExecuteReader();
        var jobs = new List<JobRecord>();
        while (rows.Read())
        {
            jobs.Add(JsonSerializer.Deserialize<JobRecord>(rows.GetString(0))!);
        }

        return jobs;
    }
}
