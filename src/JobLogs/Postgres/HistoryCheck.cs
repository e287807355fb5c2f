using Microsoft.Extensions.Logging;
using Npgsql;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>
/// Notices that the log went back, which a failover to a standby that wasn't up to date does, or a restore. Each new connection is looked at
/// before it is used. If the server isn't the one that was known, or has been started again, the newest event of each job that was shown, or
/// whose append was acknowledged, by this process must still be there, as it was. If it isn't, the jobs that run get another epoch, and so
/// their watchers are told.
/// </summary>
internal sealed partial class HistoryCheck(string schema, WatchedJobs watched, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim looking = new(1);
    private volatile ServerIdentity? known;

    /// <summary>Called when the server is another one, or has been started again.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <exception cref="NpgsqlException">The server can't be written.</exception>
    public async Task CheckAsync(NpgsqlConnection connection)
    {
        var (identity, generation) = await IdentifyAsync(connection);
        if (identity == known)
        {
            return;
        }

        await looking.WaitAsync();
        try
        {
            if (identity == known)
            {
                return;
            }

            if (known is not null && await FindLostAsync(connection) is { } lost)
            {
                LogWentBack(lost);
                await connection.RunAsync($"SELECT {schema}.went_back($1);", CancellationToken.None, generation);
            }

            known = identity;
            Changed();
        }
        finally
        {
            looking.Release();
        }
    }

    public void Dispose() => looking.Dispose();

    private async Task<(ServerIdentity Identity, long Generation)> IdentifyAsync(NpgsqlConnection connection)
    {
        await using var command = connection.Command(
            $"""
            SELECT system_identifier, pg_postmaster_start_time(),
              CASE WHEN NOT pg_is_in_recovery() THEN {schema}.current_timeline() END,
              CASE WHEN NOT pg_is_in_recovery() THEN {schema}.recognize() END
            FROM pg_control_system();
            """
        );
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        if (await row.IsDBNullAsync(2))
        {
            throw new NpgsqlException("The server is a standby: it can't be written.");
        }

        return (new ServerIdentity(row.GetInt64(0), row.GetInt64(2), row.GetDateTime(1)), row.GetInt64(3));
    }

    /// <summary>Finds an event that was promised under an epoch that still goes on, and isn't there or isn't as it was.</summary>
    private async Task<string?> FindLostAsync(NpgsqlConnection connection)
    {
        var promised = watched.Promised();
        await using var command = connection.Command(
            $"""
            SELECT w.n, e.id, e.event_type, e.iteration, e.stage, e.at, e.data
            FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS w (job_id, epoch, id, n)
            JOIN {schema}.jobs j ON j.job_id = w.job_id AND j.epoch = w.epoch AND j.earliest_id <= w.id
            LEFT JOIN {schema}.events e ON e.job = j.number AND e.id = w.id;
            """,
            promised.ConvertAll(mark => mark.JobId),
            promised.ConvertAll(mark => mark.Epoch),
            promised.ConvertAll(mark => mark.Id)
        );
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            var mark = promised[(int)rows.GetInt64(0) - 1];
            if (await rows.IsDBNullAsync(1) || !mark.Is(EventColumns.Read(rows, 1)))
            {
                return $"event {mark.Id} of {mark.JobId}";
            }
        }

        return null;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The log went back: {Lost} was seen or acknowledged and is no longer there, or is another one. All jobs that run get another epoch"
    )]
    private partial void LogWentBack(string lost);

    /// <summary>The server, its history, and this run of it.</summary>
    private sealed record ServerIdentity(long System, long Timeline, DateTime StartedAt);
}
