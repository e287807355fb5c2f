using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>All jobs there are. Starts what is queued, oldest first, and takes up at a start what the last process left.</summary>
internal sealed class JobBoard(EventLog log, JobRunner runner, IOptions<StubOptions> options, TimeProvider time)
    : IHostedService,
        IDisposable
{
    private readonly ConcurrentDictionary<string, Job> jobs = new(StringComparer.Ordinal);

    // Unbounded, but no more than the jobs themselves, which are kept anyway.
    private readonly Channel<Job> queued = Channel.CreateUnbounded<Job>();
    private readonly CancellationTokenSource stop = new();
    private SemaphoreSlim places = new(0);
    private Task starting = Task.CompletedTask;
    private long lastNumber;

    public Job? Find(string jobId) => jobs.GetValueOrDefault(jobId);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var records = log.ReadJobs();
        lastNumber = records.Count > 0 ? records[^1].Number : 0;
        var taken = records.Count(record => record.State is JobState.Running or JobState.Paused);
        places.Dispose();
        places = new SemaphoreSlim(Math.Max(0, options.Value.MaxRunningJobs - taken));
        foreach (var record in records)
        {
            Add(record);
        }

        var left = jobs.Values.Where(job => job.Current.State is JobState.Running);
        await Task.WhenAll(left.Select(job => job.TryChangeAsync((current, now) => current.Recover(now), cancellationToken)));
        starting = StartQueuedAsync(stop.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await starting;
        await Task.WhenAll(jobs.Values.Select(job => job.DisposeAsync().AsTask()));
    }

    public void Dispose()
    {
        stop.Dispose();
        places.Dispose();
    }

    /// <summary>Creates a job; it is known when its row is on disk, so that no id is given out twice.</summary>
    public async Task<Job> CreateAsync(string promptId, string datasetId, JobConfig config, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var record = new JobRecord
        {
            Number = Interlocked.Increment(ref lastNumber),
            PromptId = promptId,
            DatasetId = datasetId,
            Config = config,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await log.AppendAsync(record, [], token);
        return Add(record);
    }

    public static int DrawSeed() => RandomNumberGenerator.GetInt32(int.MaxValue);

    private Job Add(JobRecord record)
    {
        var job = new Job(record, log, runner, GiveBackPlace, time);
        jobs[record.Id] = job;
        if (record.State is JobState.Queued)
        {
            queued.Writer.TryWrite(job);
        }

        return job;
    }

    // A started job has its place until it ends, also while it is paused: a resume never has to wait.
    private void GiveBackPlace() => places.Release();

    private async Task StartQueuedAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var job in queued.Reader.ReadAllAsync(stop))
            {
                await places.WaitAsync(stop);
                if (!await job.TryChangeAsync((current, _) => current.Start(), stop))
                {
                    // Cancelled while it waited.
                    GiveBackPlace();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The rest stays queued, for the next start.
        }
    }
}
