using System.Diagnostics;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>
/// Holds what was read back until enough standbys have it on disk. A commit is visible at the primary before they have it where replication is
/// asynchronous, and also where it is synchronous, once the primary has been started again or a wait was cancelled.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="standbys">The number of standbys that must have flushed; 0: none.</param>
internal sealed class FlushFence(ServerConnections server, int standbys)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // The one that the required number of standbys have reached. Logical subscribers aren't standbys.
    private const string Query = """
        SELECT (r.flush_lsn - '0/0')::bigint FROM pg_stat_replication r
        WHERE r.flush_lsn IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
        ORDER BY r.flush_lsn DESC OFFSET $1 - 1 LIMIT 1;
        """;

    private readonly Lock turn = new();
    private Task<long>? asking;
    private long flushed;

    public bool IsOn => standbys > 0;

    /// <summary>Waits until what was read may be shown.</summary>
    /// <param name="position">The end of the log on the primary's disk after the reading.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The standbys didn't get there in time, or the server is away.</exception>
    public async ValueTask PassAsync(long position, CancellationToken token)
    {
        if (!IsOn || position <= Volatile.Read(ref flushed))
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        while (await AskOnce().WaitAsync(token) < position)
        {
            if (Stopwatch.GetElapsedTime(started) > Longest)
            {
                throw new NpgsqlException(
                    $"Fewer than {standbys} standbys have the newest events on disk, so these aren't shown.",
                    new TimeoutException()
                );
            }

            await Task.Delay(Interval, token);
        }
    }

    /// <summary>Forgets what was flushed: the server is another one.</summary>
    public void Reset()
    {
        lock (turn)
        {
            (asking, flushed) = (null, 0);
        }
    }

    /// <exception cref="InvalidOperationException">The role may not look at standbys.</exception>
    public async Task CheckRightsAsync(NpgsqlConnection connection)
    {
        if (IsOn && await connection.ScalarAsync("SELECT pg_has_role('pg_read_all_stats', 'USAGE');", CancellationToken.None) is not true)
        {
            throw new InvalidOperationException(
                "the role can't see what standbys have flushed, which StandbysThatMustFlush needs: GRANT pg_read_all_stats to it"
            );
        }
    }

    /// <summary>Asks the server, or shares the question of somebody else.</summary>
    private Task<long> AskOnce()
    {
        lock (turn)
        {
            return asking is { IsCompleted: false } ? asking : asking = AskAsync();
        }
    }

    private async Task<long> AskAsync()
    {
        // The caller has the lock until here.
        await Task.Yield();
        var mine = asking;
        await using var command = server.Command(Query);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = standbys });
        var reached = await command.ExecuteScalarAsync() as long? ?? 0;
        lock (turn)
        {
            if (mine == asking)
            {
                // Else the answer is that of a server that was known before.
                flushed = reached;
            }
        }

        return reached;
    }
}
