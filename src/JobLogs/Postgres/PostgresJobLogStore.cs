using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>
/// The events of all jobs in a PostgreSQL database, which any number of processes serve, none of them special. Appends can also be made with
/// SQL, in a transaction of one's own: see <see cref="PostgresSchema.Script"/>.
/// </summary>
public sealed partial class PostgresJobLogStore : IJobLogStore, IHostedService, IAsyncDisposable
{
    // Deleting is cut into steps, so that no transaction is long, and so is a sweep.
    private const int MaxSteps = 100;

    // The poller, the doorbell's two, the fence and the sweep.
    private const int OtherConnections = 5;

    private readonly IOptions<PostgresJobLogsOptions> options;
    private readonly TimeProvider time;
    private readonly ILogger<PostgresJobLogStore> logger;
    private readonly CancellationTokenSource stopping = new();
    private Parts? parts;
    private Task running = Task.CompletedTask;

    internal PostgresJobLogStore(IOptions<PostgresJobLogsOptions> options, TimeProvider time, ILogger<PostgresJobLogStore> logger) =>
        (this.options, this.time, this.logger) = (options, time, logger);

    /// <inheritdoc />
    public bool IsFailing => parts?.Health.IsFailing ?? false;

    /// <inheritdoc />
    public bool IsFull => parts?.Health.IsFull ?? false;

    private Parts Open => parts ?? throw new InvalidOperationException("The event log isn't open yet.");

    // Many machines append, and the server's clock is the one that they share. Tests have a clock of their own.
    private DateTimeOffset? Now => time == TimeProvider.System ? null : time.GetUtcNow();

    /// <summary>Connects to the server, and makes the tables if they aren't there.</summary>
    /// <exception cref="OptionsValidationException">A setting isn't allowed.</exception>
    /// <exception cref="JobLogUnavailableException">The server can't be reached, or the tables can't be made or used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var connection = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        var place = $"{connection.Host}/{connection.Database}";
        try
        {
            await using (var first = new ServerConnections(settings))
            await using (var migrating = await first.ConnectAsync(cancellationToken))
            {
                await PostgresSchema.MigrateAsync(migrating, settings.Schema, cancellationToken);
            }

            parts = new Parts(settings, place, time, logger);
            await using var checking = await parts.Server.ConnectAsync(cancellationToken);
            await parts.Fence.CheckRightsAsync(checking);
            await checking.RunAsync(
                $"SELECT {settings.Schema}.configure($1, $2::integer, $3::bigint, $4::bigint);",
                cancellationToken,
                settings.StandbysThatMustFlush > 0,
                settings.RetainEventsPerJob ?? (object)DBNull.Value,
                settings.MaxJobs ?? (object)DBNull.Value,
                settings.MaxProducersPerJob ?? (object)DBNull.Value
            );
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            var (role, schema) = (connection.Username ?? "the role", settings.Schema);
            var remedy = new InvalidOperationException(
                $"{refusal.MessageText}: GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}; "
                    + $"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role} (docs/backends.md, \"What a DBA needs\")",
                refusal
            );
            throw new JobLogUnavailableException(settings.ConnectionStringSetting, place, remedy);
        }
        catch (Exception cause) when (cause is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            throw new JobLogUnavailableException(settings.ConnectionStringSetting, place, cause);
        }

        running = Task.WhenAll(parts.Poller.RunAsync(stopping.Token), parts.Doorbell.RunAsync(stopping.Token));
    }

    /// <summary>Ends the looking for news.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await running;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Also where the start failed half-way and nobody calls StopAsync; and once for each service that it is.
        await StopAsync(CancellationToken.None);
        if (Interlocked.Exchange(ref parts, null) is { } open)
        {
            await open.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public async Task<JobAppendResult> AppendAsync(JobAppend append, CancellationToken token)
    {
        append.Check();
        var events = new EventColumns(append.Events);
        var open = Open;
        await open.Places.WaitAsync(token);
        JobAppendResult result;
        try
        {
            result = await open.Call.MakeAsync(append, events, Now);
            open.Health.Written();
        }
        catch (NpgsqlException fault)
        {
            open.Health.NotWritten(fault);
            throw;
        }
        finally
        {
            open.Places.Release();
        }

        await TellAsync([(append.JobId, result.State.LastId)], token);
        if (events.Last is { } last && !result.IsRepeat)
        {
            open.Watched.Promise(PromisedEvent.Acknowledged(append.JobId, result.State.Epoch, result.State.LastId, last));
        }

        return result;
    }

    /// <inheritdoc />
    public async ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => await Open.Queries.FindAsync(jobId, token);

    /// <inheritdoc />
    public async ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token)
    {
        var page = await Open.Queries.ReadAsync(jobId, afterEventId, token);
        if (page is { Events: [.., var last] })
        {
            Open.Watched.Promise(PromisedEvent.Shown(jobId, page.State.Epoch, last));
        }

        return page;
    }

    /// <inheritdoc />
    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) =>
        Open.Watched.WaitAsync(jobId, afterEventId, within, token);

    /// <inheritdoc />
    public async ValueTask<Job?> DescribeAsync(string jobId, CancellationToken token) => await Open.Queries.DescribeAsync(jobId, token);

    /// <inheritdoc />
    public async ValueTask<JobList> ListAsync(JobListQuery query, CancellationToken token) => await Open.Queries.ListAsync(query, token);

    /// <inheritdoc />
    public async Task SweepAsync(CancellationToken token)
    {
        var open = Open;
        for (var (step, isDone) = (0, false); step < MaxSteps && !isDone; step++)
        {
            var changed = await open.Sweep.ExpireLeasesAsync(open.Health.Listened, Now);
            await TellAsync(changed, token);
            isDone = changed.Count < SweepCalls.MaxExpired;
        }

        for (var step = 0; step < MaxSteps && await open.Sweep.DropJobsAsync(Now); step++)
        {
            token.ThrowIfCancellationRequested();
        }

        await open.Sweep.AddUpJobsAsync();
    }

    /// <summary>Tells those who wait of what is committed, here and elsewhere, once it may be shown.</summary>
    private async ValueTask TellAsync(List<(string JobId, long LastId)> changed, CancellationToken token)
    {
        if (changed.Count > 0)
        {
            await Open.Queries.PassFenceAsync(token);
        }

        foreach (var (jobId, lastId) in changed)
        {
            Open.Watched.Publish(jobId, lastId);
            Open.Doorbell.Ring(jobId);
        }
    }

    /// <summary>The parts of an open log.</summary>
    private sealed class Parts : IAsyncDisposable
    {
        private readonly HistoryCheck history;

        public Parts(PostgresJobLogsOptions settings, string place, TimeProvider time, ILogger logger)
        {
            Watched = new WatchedJobs(time);
            history = new HistoryCheck(settings.Schema, Watched, logger);
            Server = new ServerConnections(settings, history.CheckAsync);
            Fence = new FlushFence(Server, settings.StandbysThatMustFlush);
            history.Changed = Fence.Reset;
            Health = new ServerHealth(Watched, place, time, logger);
            Poller = new JobPoller(Server, settings.Schema, Fence, Watched, Health, time);
            Doorbell = new Doorbell(Server, settings.Schema, Watched, time);
            Queries = new LogQueries(Server, settings.Schema, Fence);
            Call = new AppendCall(Server, settings.Schema);
            Sweep = new SweepCalls(Server, settings);
            Places = new SemaphoreSlim(Math.Max(1, Server.PoolSize - (Server.PoolSize / 4) - OtherConnections));
        }

        public WatchedJobs Watched { get; }

        public ServerConnections Server { get; }

        public FlushFence Fence { get; }

        public ServerHealth Health { get; }

        public JobPoller Poller { get; }

        public Doorbell Doorbell { get; }

        public LogQueries Queries { get; }

        public AppendCall Call { get; }

        public SweepCalls Sweep { get; }

        /// <summary>The places of appends: more at once than the pool has connections would only wait in it, and fail there.</summary>
        public SemaphoreSlim Places { get; }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            history.Dispose();
            Queries.Dispose();
            Places.Dispose();
            Watched.Dispose();
        }
    }
}
