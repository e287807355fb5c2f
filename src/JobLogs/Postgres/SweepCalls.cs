using Npgsql;
using NpgsqlTypes;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Does what is due by the clock, by <c>expire_leases</c>, <c>drop_jobs</c> and <c>add_up_jobs</c>, which any number of processes may call.</summary>
internal sealed class SweepCalls(ServerConnections server, PostgresJobLogsOptions options)
{
    /// <summary>The most jobs that one call tells of.</summary>
    public const int MaxExpired = 100;

    /// <summary>Tells of producers that were silent for longer than their lease, and ends the jobs of those who stay away.</summary>
    /// <param name="listened">The time for which producers could be heard: longer silence isn't theirs.</param>
    /// <param name="now">The time; null: the server's.</param>
    /// <returns>The jobs that got an event, and their newest ids.</returns>
    public async Task<List<(string JobId, long LastId)>> ExpireLeasesAsync(TimeSpan listened, DateTimeOffset? now)
    {
        await using var command = server.Command($"SELECT job_id, last_id FROM {options.Schema}.expire_leases($1, $2, {MaxExpired}, $3);");
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = listened });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.EndLostJobsAfter });
        command.Parameters.Add(Time(now));
        await using var rows = await command.ExecuteReaderAsync(CancellationToken.None);
        var changed = new List<(string JobId, long LastId)>();
        while (await rows.ReadAsync(CancellationToken.None))
        {
            changed.Add((rows.GetString(0), rows.GetInt64(1)));
        }

        return changed;
    }

    /// <summary>Deletes some jobs that ended longer ago than they are kept.</summary>
    /// <returns>True if there are more.</returns>
    public async Task<bool> DropJobsAsync(DateTimeOffset? now)
    {
        if (options.RetainEndedJobs is not { } kept)
        {
            return false;
        }

        await using var command = server.Command($"SELECT {options.Schema}.drop_jobs(coalesce($1, clock_timestamp()) - $2);");
        command.Parameters.Add(Time(now));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = kept });
        return await command.ExecuteScalarAsync(CancellationToken.None) is true;
    }

    /// <summary>Adds up what changed the number of jobs.</summary>
    public async Task AddUpJobsAsync()
    {
        await using var command = server.Command($"SELECT {options.Schema}.add_up_jobs();");
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static NpgsqlParameter Time(DateTimeOffset? now) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = now?.UtcDateTime ?? (object)DBNull.Value };
}
