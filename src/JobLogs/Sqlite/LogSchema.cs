using System.Globalization;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>The tables of the SQLite file, and the way to them from the files of earlier versions.</summary>
internal static class LogSchema
{
    private const int Version = 2;

    // SQLITE_SCHEMA.
    private const int MismatchedVersion = 17;

    // Events have the job's number: it is shorter than any id.
    private const string First = """
        CREATE TABLE IF NOT EXISTS identity (epoch TEXT NOT NULL, created_at TEXT NOT NULL, opened_at TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS jobs (
          number INTEGER PRIMARY KEY, ended INTEGER NOT NULL,
          earliest_event_id INTEGER NOT NULL, latest_event_id INTEGER NOT NULL, record TEXT NOT NULL,
          job_id TEXT NOT NULL DEFAULT '') STRICT;
        CREATE TABLE IF NOT EXISTS events (
          job INTEGER NOT NULL, id INTEGER NOT NULL, event BLOB NOT NULL, PRIMARY KEY (job, id)) STRICT, WITHOUT ROWID;
        """;

    // For files of the stub before this library: a job's id was its number with a prefix, and no column.
    private const string NameJobs = """
        ALTER TABLE jobs ADD COLUMN job_id TEXT NOT NULL DEFAULT '';
        UPDATE jobs SET job_id = 'job-' || number;
        """;

    // Times are ticks of 100 ns since the year 1, in UTC. An empty epoch is the file's: a job that is dropped and made again needs another.
    private const string Second = """
        CREATE UNIQUE INDEX IF NOT EXISTS jobs_by_id ON jobs (job_id);
        ALTER TABLE jobs ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
        ALTER TABLE jobs ADD COLUMN description BLOB NOT NULL DEFAULT x'';
        ALTER TABLE jobs ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN search TEXT NOT NULL DEFAULT '';
        ALTER TABLE jobs ADD COLUMN updated INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN lease INTEGER;
        ALTER TABLE jobs ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX jobs_by_time ON jobs (updated DESC, number DESC);
        CREATE INDEX jobs_by_lease ON jobs (heard) WHERE lease IS NOT NULL;
        CREATE TABLE producers (
          job INTEGER NOT NULL, producer TEXT NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
          PRIMARY KEY (job, producer)) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Brings the tables to this version.</summary>
    /// <exception cref="SqliteException">The file is of a later version, or can't be written.</exception>
    public static void Migrate(SqliteConnection connection, SqliteTransaction transaction, DateTimeOffset now)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        var version = Scalar(command, "PRAGMA user_version;");
        if (version > Version)
        {
            throw new SqliteException(
                $"the file is of version {version}, and this program knows versions up to {Version}: use the program that wrote it",
                MismatchedVersion
            );
        }

        if (version == Version)
        {
            return;
        }

        if (Scalar(command, $"{First} SELECT count(*) FROM pragma_table_info('jobs') WHERE name = 'job_id';") == 0)
        {
            Run(command, NameJobs);
        }

        Run(command, Second);
        DescribeJobs(connection, transaction, now);
        Run(command, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version};"));
    }

    /// <summary>Describes the jobs of an earlier version, whose descriptions weren't kept.</summary>
    private static void DescribeJobs(SqliteConnection connection, SqliteTransaction transaction, DateTimeOffset now)
    {
        using var events = connection.CreateCommand();
        events.Transaction = transaction;
        events.CommandText = "SELECT number, job_id, event FROM jobs LEFT JOIN events ON job = number ORDER BY number, id;";
        using var put = connection.CreateCommand();
        put.Transaction = transaction;
        put.CommandText =
            "UPDATE jobs SET description = $description, state = $state, search = $search, updated = $updated WHERE number = $number;";
        var (number, job) = (0L, default(Job));
        using var rows = events.ExecuteReader();
        while (rows.Read())
        {
            if (rows.GetInt64(0) != number)
            {
                Put(put, number, job);
                (number, job) = (rows.GetInt64(0), JobFold.Create(rows.GetString(1), now));
            }

            if (!rows.IsDBNull(2))
            {
                var next = Nesting.Parse(JobEvent.Parser, rows.GetFieldValue<byte[]>(2));
                job!.Add(next);
                job!.UpdateTime = next.Timestamp ?? job.UpdateTime;
            }
        }

        Put(put, number, job);
    }

    private static void Put(SqliteCommand put, long number, Job? job)
    {
        if (job is null)
        {
            return;
        }

        put.Parameters.Clear();
        put.Parameters.AddWithValue("$description", job.ToByteArray());
        put.Parameters.AddWithValue("$state", (int)job.State);
        put.Parameters.AddWithValue("$search", job.SearchText());
        put.Parameters.AddWithValue("$updated", job.UpdateTime.ToDateTimeOffset().UtcTicks);
        put.Parameters.AddWithValue("$number", number);
        put.ExecuteNonQuery();
    }

    private static long Scalar(SqliteCommand command, string text)
    {
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }

    private static void Run(SqliteCommand command, string text)
    {
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
