using System.Threading.Channels;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>
/// Tells other processes of appends. It rings after the commit, in a transaction of its own, for one with a NOTIFY holds a lock of the whole
/// server until its commit is on disk. It carries no events and nobody relies on it: <see cref="JobPoller"/> finds what it misses.
/// </summary>
internal sealed class Doorbell(ServerConnections server, string channel, WatchedJobs watched, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(10);
    private const int MaxRings = 1000;

    // Full: the oldest are left to the poller.
    private readonly Channel<string> rings = Channel.CreateBounded<string>(
        new BoundedChannelOptions(10 * MaxRings) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private volatile int ownProcess;

    public void Ring(string jobId) => rings.Writer.TryWrite(jobId);

    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(KeepAsync(RingAsync, stopping), KeepAsync(ListenAsync, stopping));

    private async Task KeepAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await server.ConnectAsync(stopping);
                await work(connection, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // Nothing depends on it, and the poller tells of it if the server is away. Some poolers of connections can't listen.
                await Task.WhenAny(Task.Delay(Retry, time, stopping));
            }
        }
    }

    private async Task RingAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        // A ring that is lost in a crash is no loss: it needn't wait for a disk.
        await connection.RunAsync("SET synchronous_commit = off;", stopping);
        ownProcess = connection.ProcessID;
        var jobs = new HashSet<string>(StringComparer.Ordinal);
        while (await rings.Reader.WaitToReadAsync(stopping))
        {
            while (jobs.Count < MaxRings && rings.Reader.TryRead(out var jobId))
            {
                jobs.Add(jobId);
            }

            await connection.RunAsync("SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id;", stopping, channel, jobs.ToArray());
            jobs.Clear();
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        connection.Notification += (_, ring) =>
        {
            if (ring.PID != ownProcess)
            {
                watched.Nudge(ring.Payload);
            }
        };
        await connection.RunAsync($"LISTEN {channel};", stopping);
        while (true)
        {
            if (!await connection.WaitAsync(LookAfter, stopping))
            {
                await connection.RunAsync("SELECT;", stopping);
            }
        }
    }
}
