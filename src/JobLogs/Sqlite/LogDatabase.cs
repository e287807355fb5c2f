using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>The SQLite file: opened by one process at a time, with its schema and its identity.</summary>
internal sealed class LogDatabase : IDisposable
{
    private readonly FileStream lockFile;
    private readonly string connectionString;

    private LogDatabase(JobLogsOptions options, TimeProvider time)
    {
        var directory = Path.GetFullPath(options.Directory);
        if (File.Exists(directory))
        {
            throw new IOException("it is a file, and must be a folder, in which the log makes its own files");
        }

        Directory.CreateDirectory(directory);

        // The kernel lets go of it however the process ends; two writers would give out the same ids.
        lockFile = new FileStream(
            Path.Combine(directory, $"{options.FileName}.lock"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(directory, $"{options.FileName}.db"),
            Pooling = false,
            DefaultTimeout = 1,
        }.ToString();
        try
        {
            (Epoch, CreatedAt) = Prepare(options.Schema, time.GetUtcNow());
        }
        catch
        {
            lockFile.Dispose();
            throw;
        }
    }

    /// <summary>Random, and as old as the file: the epoch of jobs that have none of their own.</summary>
    public string Epoch { get; }

    public DateTimeOffset CreatedAt { get; }

    public static LogDatabase Open(JobLogsOptions options, TimeProvider time)
    {
        try
        {
            return new LogDatabase(options, time);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new JobLogUnavailableException(options.DirectorySetting, Path.GetFullPath(options.Directory), cause);
        }
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();

        // FULL: a commit returns when the disk has it, which is what lets an event be sent.
        using var settings = connection.CreateCommand();
        settings.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
        settings.ExecuteNonQuery();
        return connection;
    }

    public void Dispose() => lockFile.Dispose();

    private (string Epoch, DateTimeOffset CreatedAt) Prepare(string schema, DateTimeOffset now)
    {
        using var connection = Connect();
        using var transaction = connection.BeginTransaction();
        using var prepare = connection.CreateCommand();
        prepare.Transaction = transaction;
        LogSchema.Migrate(connection, transaction, now);

        // opened_at is written at every start: a disk that can't be written is found now rather than by the first job.
        prepare.CommandText = $"""
            {schema}
            INSERT INTO identity SELECT $epoch, $now, $now WHERE NOT EXISTS (SELECT 1 FROM identity);
            UPDATE identity SET opened_at = $now;
            SELECT epoch, created_at FROM identity;
            """;
        prepare.Parameters.AddWithValue("$epoch", Guid.NewGuid().ToString("N")[..16]);
        prepare.Parameters.AddWithValue("$now", now.ToString("O"));
        var identity = ReadIdentity(prepare);
        transaction.Commit();
        return identity;
    }

    private static (string Epoch, DateTimeOffset CreatedAt) ReadIdentity(SqliteCommand prepare)
    {
        using var identity = prepare.ExecuteReader();
        identity.Read();
        return (identity.GetString(0), DateTimeOffset.Parse(identity.GetString(1), CultureInfo.InvariantCulture));
    }
}
