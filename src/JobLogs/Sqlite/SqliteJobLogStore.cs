using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>
/// The events of all jobs in one SQLite file, on disk before anybody sees them. One task commits what has queued up meanwhile together, since
/// each commit waits for the disk. A disk that fails holds the jobs up and loses nothing: the same appends are tried again until they are in.
/// </summary>
public sealed partial class SqliteJobLogStore : IJobLogStore, IHostedService, IDisposable
{
    private const int MaxGroup = 256;

    /// <summary>SQLITE_FULL: the disk has no room.</summary>
    private const int SqliteFull = 13;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly IOptions<JobLogsOptions> options;
    private readonly TimeProvider time;
    private readonly IHostApplicationLifetime lifetime;
    private readonly ILogger<SqliteJobLogStore> logger;

    // Full: whoever appends waits.
    private readonly Channel<LogChange> queue = Channel.CreateBounded<LogChange>(1024);
    private readonly ConcurrentDictionary<string, JobFeed> feeds = new(StringComparer.Ordinal);
    private LogDatabase? database;
    private LogReaders? readers;
    private Task writing = Task.CompletedTask;
    private volatile bool isFailing;
    private volatile bool isFull;

    internal SqliteJobLogStore(
        IOptions<JobLogsOptions> options,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<SqliteJobLogStore> logger
    ) => (this.options, this.time, this.lifetime, this.logger) = (options, time, lifetime, logger);

    /// <summary>The identity of all logs in the file: random, and as old as the file.</summary>
    public string Epoch => Database.Epoch;

    /// <summary>The time at which the file was made.</summary>
    public DateTimeOffset CreatedAt => Database.CreatedAt;

    /// <inheritdoc />
    public bool IsFailing => isFailing;

    /// <inheritdoc />
    public bool IsFull => isFull;

    private LogDatabase Database => database ?? throw new InvalidOperationException("The event log isn't open yet.");

    private LogReaders Readers => readers ?? throw new InvalidOperationException("The event log isn't open yet.");

    /// <summary>Opens the file.</summary>
    /// <exception cref="OptionsValidationException">A setting isn't allowed.</exception>
    /// <exception cref="JobLogUnavailableException">The file can't be opened, or another process has it.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        database = LogDatabase.Open(options.Value, time);
        readers = new LogReaders(database);
        writing = Task.Run(
            () => WriteAsync(new LogWriter(database, options.Value, time), lifetime.ApplicationStopping),
            CancellationToken.None
        );
        return Task.CompletedTask;
    }

    /// <summary>Ends the appends: those that are queued are made, unless the disk refuses.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await writing;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Also where the start failed half-way and nobody calls StopAsync.
        queue.Writer.TryComplete();
        readers?.Dispose();
        database?.Dispose();
    }

    /// <inheritdoc />
    public async Task<JobAppendResult> AppendAsync(JobAppend append, CancellationToken token)
    {
        append.Check();
        return (await MakeAsync(new QueuedAppend(append), token))!;
    }

    /// <inheritdoc />
    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => new(Readers.Read(reader => reader.Find(jobId)));

    /// <inheritdoc />
    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token) =>
        new(Readers.Read(reader => reader.Read(jobId, afterEventId)));

    /// <inheritdoc />
    public ValueTask<Job?> DescribeAsync(string jobId, CancellationToken token) => new(Readers.Read(reader => reader.Describe(jobId)));

    /// <inheritdoc />
    public ValueTask<JobList> ListAsync(JobListQuery query, CancellationToken token) => new(Readers.Read(reader => reader.List(query)));

    /// <inheritdoc />
    public async Task SweepAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        foreach (var jobId in Readers.Read(reader => reader.FindSilent(now)))
        {
            await MakeAsync(new QueuedExpiry(jobId), token);
        }

        if (options.Value.RetainEndedJobs is { } kept)
        {
            foreach (var jobId in Readers.Read(reader => reader.FindEnded(now - kept)))
            {
                await MakeAsync(new QueuedDrop(jobId, now - kept), token);
            }
        }
    }

    /// <inheritdoc />
    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token)
    {
        var feed = feeds.GetOrAdd(jobId, static (_, time) => new JobFeed(time), time);
        if (feed.LastId == 0)
        {
            // The writer knows the feed before this look at the log: an append is found by one of the two.
            feed.Publish(Readers.Read(reader => reader.Find(jobId))?.LastId ?? 0);
        }

        return feed.WaitAsync(afterEventId, within, token);
    }

    /// <summary>
    /// Reads the file with SQL of one's own. Jobs are in the table <c>jobs</c>: <c>number</c>, which increases in the order in which they were
    /// created, <c>job_id</c>, <c>ended</c>, <c>earliest_event_id</c>, <c>latest_event_id</c>, and <c>record</c>, which is
    /// <see cref="JobAppend.Record"/> or <c>{}</c>. No row is older than what a watch has been sent before.
    /// </summary>
    /// <param name="read">Reads with a connection that others don't use meanwhile. It must not write, and leaves no statement open.</param>
    /// <typeparam name="T">The type of what is read.</typeparam>
    /// <exception cref="SqliteException">The file can't be read at the moment.</exception>
    public T Query<T>(Func<SqliteConnection, T> read) => Readers.Read(reader => read(reader.Connection));

    private async Task<JobAppendResult?> MakeAsync(LogChange change, CancellationToken token)
    {
        try
        {
            await queue.Writer.WriteAsync(change, token);
        }
        catch (ChannelClosedException closed)
        {
            throw new OperationCanceledException("The event log is closed: the process is stopping.", closed);
        }

        return await change.Durable;
    }

    private async Task WriteAsync(LogWriter writer, CancellationToken stopping)
    {
        using (writer)
        {
            var group = new List<LogChange>();
            while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (group.Count < MaxGroup && queue.Reader.TryRead(out var append))
                {
                    group.Add(append);
                }

                await CommitAsync(writer, group, stopping);
                group.Clear();
            }
        }
    }

    private async Task CommitAsync(LogWriter writer, List<LogChange> group, CancellationToken stopping)
    {
        for (var retry = FirstRetry; !TryCommit(writer, group); retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, LongestRetry.Ticks)))
        {
            try
            {
                await Task.Delay(retry, time, stopping);
            }
            catch (OperationCanceledException)
            {
                group.ForEach(change => change.GivenUp());
                return;
            }
        }

        foreach (var change in group)
        {
            if (change.Result is { State: var state } && feeds.TryGetValue(change.JobId, out var feed))
            {
                feed.Publish(state.LastId);
                if (state.Ended)
                {
                    // Whoever waits has the feed, and nobody waits for more.
                    feeds.TryRemove(change.JobId, out _);
                }
            }

            change.Committed();
        }
    }

    private bool TryCommit(LogWriter writer, List<LogChange> group)
    {
        try
        {
            writer.Commit(group);
        }
        catch (SqliteException error)
        {
            if (!isFailing)
            {
                LogFailing(error.Message, options.Value.Directory);
            }

            (isFull, isFailing) = (error.SqliteErrorCode == SqliteFull, true);
            return false;
        }

        if (isFailing)
        {
            LogRecovered(options.Value.Directory);
        }

        (isFailing, isFull) = (false, false);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The event log in {Directory} can't be written: {Error}. Jobs wait until it can")]
    private partial void LogFailing(string error, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "The event log in {Directory} is written again")]
    private partial void LogRecovered(string directory);
}
