using System.Data.Common;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>
/// Looks for news of all watched jobs together: every 20 ms at those that changed in the last seconds, at the others twice a second, and at
/// once where a doorbell rang or somebody has begun to wait. Polling alone is enough; the doorbell only makes it faster.
/// </summary>
/// <remarks>
/// Of the others only those are looked at that weren't since the server's snapshot last changed. The snapshot says which transactions can be
/// seen, so under the same one every look has the same answer, and many quiet jobs cost one short question.
/// </remarks>
internal sealed class JobPoller(
    ServerConnections server,
    string schema,
    FlushFence fence,
    WatchedJobs watched,
    ServerHealth health,
    TimeProvider time
)
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ActiveFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    private readonly string query = $"""
        SELECT w.n, j.epoch, j.last_id, pg_current_wal_flush_lsn() - '0/0'
        FROM unnest($1::text[], $2::bigint[], $3::text[]) WITH ORDINALITY AS w (job_id, seen, epoch, n)
        LEFT JOIN {schema}.jobs j ON j.job_id = w.job_id
        WHERE j.job_id IS NULL OR j.last_id > w.seen OR w.epoch IS DISTINCT FROM j.epoch;
        """;

    private long lookedAtAll;
    private string? snapshot;
    private long look;

    public async Task RunAsync(CancellationToken stopping)
    {
        NpgsqlConnection? connection = null;
        while (!stopping.IsCancellationRequested)
        {
            var pause = Retry;
            try
            {
                connection ??= await server.ConnectAsync(stopping);
                pause = await LookAsync(connection, stopping) ? Busy : Quiet;
                health.Answered();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // Any: without this loop nobody would hear of anything again.
                await CloseAsync(connection);
                (connection, snapshot) = (null, null);
                health.Failed(fault);
            }

            await PauseAsync(pause, connection is not null, stopping);
        }

        await CloseAsync(connection);
    }

    /// <returns>True if a job is active.</returns>
    private async Task<bool> LookAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var all = time.GetElapsedTime(lookedAtAll) >= Quiet;
        if (all)
        {
            lookedAtAll = time.GetTimestamp();
            await NoteSnapshotAsync(connection);
            if (health.IsUnwritable)
            {
                await connection.RunAsync($"SELECT {schema}.probe();", CancellationToken.None);
                health.Written();
            }
        }

        var (due, areActive) = watched.Due(ActiveFor, all ? look : null);
        if (due.Count > 0)
        {
            await LookAsync(connection, due, stopping);
            if (all)
            {
                due.ForEach(job => job.Look = look);
            }
        }

        return areActive;
    }

    private async Task NoteSnapshotAsync(NpgsqlConnection connection)
    {
        var now = (string?)await connection.ScalarAsync("SELECT pg_current_snapshot()::text;", CancellationToken.None);
        if (now != snapshot)
        {
            (snapshot, look) = (now, look + 1);
        }
    }

    private async Task LookAsync(NpgsqlConnection connection, List<WatchedJob> due, CancellationToken stopping)
    {
        var news = new List<(WatchedJob Job, long LastId)>();
        var position = 0L;
        await using var command = connection.Command(query, due.ConvertAll(job => job.JobId), due.ConvertAll(job => job.Seen));
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. due.Select(job => job.Epoch)] });
        await using (var rows = await command.ExecuteReaderAsync(CancellationToken.None))
        {
            while (await rows.ReadAsync(CancellationToken.None))
            {
                var job = due[(int)rows.GetInt64(0) - 1];
                position = (long)rows.GetDecimal(3);
                if (rows.IsDBNull(1) || (job.Epoch is { } epoch && epoch != rows.GetString(1)))
                {
                    watched.Drop(job);
                    continue;
                }

                job.Epoch = rows.GetString(1);
                if (job.See(rows.GetInt64(2)))
                {
                    news.Add((job, rows.GetInt64(2)));
                }
            }
        }

        if (news.Count > 0)
        {
            var publishing = PublishAsync(news, position, stopping);
            await (fence.IsOn ? Task.CompletedTask : publishing);
        }
    }

    private async Task PublishAsync(List<(WatchedJob Job, long LastId)> news, long position, CancellationToken stopping)
    {
        // Behind the fence others aren't held up: it may take as long as the standbys are away.
        for (var passed = false; !passed; )
        {
            try
            {
                await fence.PassAsync(position, stopping);
                passed = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (fault is DbException)
            {
                await Task.WhenAny(Task.Delay(Retry, time, stopping));
            }
        }

        news.ForEach(item => item.Job.Feed.Publish(item.LastId));
    }

    private async Task PauseAsync(TimeSpan pause, bool canBeNudged, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var elapsed = Task.Delay(pause, time, ended.Token);
        await (canBeNudged ? Task.WhenAny(watched.Nudged, elapsed) : Task.WhenAny(elapsed));
        await ended.CancelAsync();
    }

    private static ValueTask CloseAsync(NpgsqlConnection? connection) => connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
