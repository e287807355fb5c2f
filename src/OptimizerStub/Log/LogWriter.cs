using System.Text.Json;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>The one connection that writes. Not thread-safe: <see cref="EventLog"/> has one task that uses it.</summary>
internal sealed class LogWriter : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand putJob;
    private readonly SqliteCommand putEvent;
    private readonly SqliteCommand dropEvents;
    private readonly int? retain;

    /// <param name="database">The database to write.</param>
    /// <param name="retain">The number of events kept of a job; null: all.</param>
    public LogWriter(LogDatabase database, int? retain)
    {
        this.retain = retain;
        connection = database.Connect();
        putJob = Command(
            """
            INSERT INTO jobs VALUES ($job, $ended, 1, $latest, $record)
            ON CONFLICT (number) DO UPDATE SET
              ended = $ended, latest_event_id = $latest, record = $record,
              earliest_event_id = max(earliest_event_id, $latest - $retain + 1);
            """,
            "$job",
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

    /// <summary>Commits all of the appends or, by an exception, none.</summary>
    public void Commit(IReadOnlyList<Append> appends)
    {
        using var transaction = connection.BeginTransaction();
        putJob.Transaction = putEvent.Transaction = dropEvents.Transaction = transaction;
        foreach (var append in appends)
        {
            Put(append);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        putJob.Dispose();
        putEvent.Dispose();
        dropEvents.Dispose();
        connection.Dispose();
    }

    private void Put(Append append)
    {
        var job = append.Job;
        Execute(putJob, job.Number, job.State.IsFinal(), job.LastEventId, JsonSerializer.Serialize(job));
        foreach (var jobEvent in append.Events)
        {
            Execute(putEvent, job.Number, jobEvent.Id, jobEvent.ToByteArray());
        }

        if (retain is not null)
        {
            Execute(dropEvents, job.Number);
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

    private static void Execute(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }
}
