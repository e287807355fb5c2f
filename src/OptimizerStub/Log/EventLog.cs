using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>
/// The events of all jobs, on disk before anybody sees them. One task commits what has queued up meanwhile together,
/// since each commit waits for the disk. A disk that fails holds the jobs up and loses nothing: the same appends are
/// tried again until they are in.
/// </summary>
internal sealed partial class EventLog(
    IOptions<StubOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<EventLog> logger
) : IHostedService, IDisposable
{
    private const int MaxGroup = 256;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // Full: whoever appends waits, and a job has one append under way at most.
    private readonly Channel<Append> queue = Channel.CreateBounded<Append>(1024);
    private readonly ConcurrentDictionary<long, JobFeed> feeds = new();
    private LogDatabase? database;
    private LogReaders? readers;
    private Task writing = Task.CompletedTask;
    private volatile bool isFailing;

    public string Epoch => Database.Epoch;

    public DateTimeOffset CreatedAt => Database.CreatedAt;

    /// <summary>True while the disk refuses writes.</summary>
    public bool IsFailing => isFailing;

    private LogDatabase Database => database ?? throw new InvalidOperationException("The event log isn't open yet.");

    private LogReaders Readers => readers ?? throw new InvalidOperationException("The event log isn't open yet.");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        database = LogDatabase.Open(Path.GetFullPath(settings.DataDirectory), time);
        readers = new LogReaders(database);
        foreach (var job in ReadJobs())
        {
            Feed(job.Number).Publish(job.LastEventId);
        }

        writing = Task.Run(
            () => WriteAsync(new LogWriter(database, settings.RetainEventsPerJob), lifetime.ApplicationStopping),
            CancellationToken.None
        );
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await writing;
    }

    public void Dispose()
    {
        // Also where the start failed half-way and nobody calls StopAsync.
        queue.Writer.TryComplete();
        readers?.Dispose();
        database?.Dispose();
    }

    /// <summary>Completes when the change is on disk; cancelled if the process stops before it is.</summary>
    /// <param name="job">The job's new state.</param>
    /// <param name="events">The events that go with it.</param>
    /// <param name="token">Ends the wait for a place in the queue, no more: what is queued may be on disk already.</param>
    public async Task AppendAsync(JobRecord job, IReadOnlyList<JobEvent> events, CancellationToken token)
    {
        var append = new Append(job, events);
        try
        {
            await queue.Writer.WriteAsync(append, token);
        }
        catch (ChannelClosedException closed)
        {
            throw new OperationCanceledException("The event log is closed: the process is stopping.", closed);
        }

        await append.Durable;
    }

    /// <summary>All jobs, oldest first, no older than what any watch has been sent.</summary>
    public IReadOnlyList<JobRecord> ReadJobs() => Readers.Read(reader => reader.ReadJobs());

    /// <inheritdoc cref="ReadJobs()" />
    public JobRecord ReadJob(long number) => Readers.Read(reader => reader.ReadJob(number));

    /// <summary>A page of the jobs, those that changed last first.</summary>
    public JobsPage ReadJobs(JobsFilter filter) => Readers.Read(reader => reader.ReadJobs(filter));

    public LogPage Read(long job, long afterEventId) => Readers.Read(reader => reader.Read(job, afterEventId));

    public IJobLog Of(JobRecord job) => new StoredJobLog(job.Number, this, Feed(job.Number));

    private JobFeed Feed(long job) => feeds.GetOrAdd(job, static (_, time) => new JobFeed(time), time);

    private async Task WriteAsync(LogWriter writer, CancellationToken stopping)
    {
        using (writer)
        {
            var group = new List<Append>();
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

    private async Task CommitAsync(LogWriter writer, List<Append> group, CancellationToken stopping)
    {
        for (var retry = FirstRetry; !TryCommit(writer, group); retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, LongestRetry.Ticks)))
        {
            try
            {
                await Task.Delay(retry, time, stopping);
            }
            catch (OperationCanceledException)
            {
                group.ForEach(append => append.GivenUp());
                return;
            }
        }

        foreach (var append in group)
        {
            Feed(append.Job.Number).Publish(append.Job.LastEventId);
            append.Committed();
        }
    }

    private bool TryCommit(LogWriter writer, List<Append> group)
    {
        try
        {
            writer.Commit(group);
        }
        catch (SqliteException error)
        {
            if (!isFailing)
            {
                LogFailing(error.Message, options.Value.DataDirectory);
            }

            isFailing = true;
            return false;
        }

        if (isFailing)
        {
            LogRecovered(options.Value.DataDirectory);
        }

        isFailing = false;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The event log in {Directory} can't be written: {Error}. Jobs wait until it can")]
    private partial void LogFailing(string error, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "The event log in {Directory} is written again")]
    private partial void LogRecovered(string directory);
}
