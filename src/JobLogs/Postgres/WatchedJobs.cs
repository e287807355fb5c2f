using System.Collections.Concurrent;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>The jobs for which somebody waits in this process, or to which something happened in it a moment ago.</summary>
internal sealed class WatchedJobs(TimeProvider time) : IDisposable
{
    // Long enough for a watch that comes back after a short outage.
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, WatchedJob> jobs = new(StringComparer.Ordinal);
    private readonly ManualResetSignal nudged = new();
    private CancellationTokenSource away = new();

    /// <summary>Completes when there is a job to look at before its time.</summary>
    public Task Nudged => nudged.Task;

    public async Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token)
    {
        var outage = Volatile.Read(ref away).Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, outage);
        var job = Enter(jobId);
        try
        {
            var started = time.GetTimestamp();
            for (var left = within; left > TimeSpan.Zero; left = within - time.GetElapsedTime(started))
            {
                if (!await job.Feed.WaitAsync(afterEventId, left, either.Token))
                {
                    return false;
                }

                // The first look at a job wakes those who have seen its newest event, too.
                if (job.Feed.LastId > afterEventId)
                {
                    return true;
                }
            }

            return false;
        }
        catch (OperationCanceledException cause) when (outage.IsCancellationRequested && !token.IsCancellationRequested)
        {
            throw new NpgsqlException("The server is away.", cause);
        }
        finally
        {
            job.Leave();
        }
    }

    /// <summary>The jobs to look at now.</summary>
    /// <param name="activeFor">The time since its last change for which a job is looked at each time.</param>
    /// <param name="look">The number of the look at all jobs that is due for those that didn't have it; null: none is.</param>
    public (List<WatchedJob> Jobs, bool AreActive) Due(TimeSpan activeFor, long? look)
    {
        nudged.Reset();
        var due = new List<WatchedJob>();
        var areActive = false;
        foreach (var (_, job) in jobs)
        {
            if (job.IsWaitedFor)
            {
                var isActive = job.Unchanged < activeFor;
                areActive |= isActive;
                if (job.TakeNudge() || isActive || (look is not null && job.Look != look))
                {
                    due.Add(job);
                }
            }
            else if (job.Unused > KeptUnused)
            {
                Remove(job);
            }
        }

        return (due, areActive);
    }

    /// <summary>Tells of events that may be shown.</summary>
    public void Publish(string jobId, long lastId)
    {
        if (jobs.TryGetValue(jobId, out var job))
        {
            job.See(lastId);
            job.Feed.Publish(lastId);
        }
    }

    /// <summary>Asks for a look at a job, if it is watched.</summary>
    public void Nudge(string jobId)
    {
        if (jobs.TryGetValue(jobId, out var job))
        {
            // Kept for who waits next, if nobody does at this moment: a watch that is sending does so again.
            job.Nudge();
            nudged.Set();
        }
    }

    /// <summary>Ends all waits for a job, whose log is gone or is another one: whoever waits looks, and is told.</summary>
    public void Drop(WatchedJob job)
    {
        Remove(job);
        job.Feed.Publish(long.MaxValue);
    }

    /// <summary>Notes an event on which somebody relies from now on.</summary>
    public void Promise(PromisedEvent promised) =>
        jobs.GetOrAdd(promised.JobId, static (id, clock) => new WatchedJob(id, clock), time).Promise(promised);

    /// <summary>The newest promised event of each job that was used a moment ago.</summary>
    public List<PromisedEvent> Promised() => [.. jobs.Select(job => job.Value.Promised).OfType<PromisedEvent>()];

    /// <summary>Ends all waits: the server is away for longer than a watch may stay silent about it.</summary>
    public void SetAway() => Volatile.Read(ref away).Cancel();

    public void SetBack()
    {
        if (away.IsCancellationRequested)
        {
            Volatile.Write(ref away, new CancellationTokenSource());
        }
    }

    public void Dispose() => away.Dispose();

    private WatchedJob Enter(string jobId)
    {
        while (true)
        {
            var job = jobs.GetOrAdd(jobId, static (id, clock) => new WatchedJob(id, clock), time);
            job.Enter();
            if (jobs.TryGetValue(jobId, out var current) && current == job)
            {
                if (job.IsNudged)
                {
                    nudged.Set();
                }

                return job;
            }

            // It was removed in between, so that nobody looks at it.
            job.Leave();
        }
    }

    private void Remove(WatchedJob job) => jobs.TryRemove(new KeyValuePair<string, WatchedJob>(job.JobId, job));
}
