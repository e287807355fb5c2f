using System.Collections.Concurrent;
using System.Globalization;

namespace OptimizationGateway.BreakableBackend;

/// <summary>The jobs: one that is silent, one that has ended, those that are started, and <c>load-n</c>.</summary>
internal sealed class JobBoard
{
    private const string Load = "load-";
    private const int FinishedEvents = 12;

    private readonly ConcurrentDictionary<string, MemoryLog> logs = new(StringComparer.Ordinal);
    private int started;

    public JobBoard()
    {
        var (silent, finished) = (new MemoryLog(), new MemoryLog());
        for (var i = 1; i <= FinishedEvents; i++)
        {
            silent.Append();
            finished.Append(isLast: i == FinishedEvents);
        }

        var older = new MemoryLog();
        older.Append(isLast: true);
        (logs["silent"], logs["finished"], logs["older"]) = (silent, finished, older);
    }

    public JobLog? Find(string jobId) =>
        jobId.StartsWith(Load, StringComparison.Ordinal)
        && long.TryParse(jobId.AsSpan(Load.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new LoadLog(count)
            : logs.GetValueOrDefault(jobId);

    /// <summary>All logs but the computed ones, by their jobs.</summary>
    public IEnumerable<KeyValuePair<string, MemoryLog>> All => logs;

    /// <summary>Changes the logs as a kill does that finds them not as durable as they should be.</summary>
    public void Crash(Fault fault)
    {
        foreach (var (job, log) in logs)
        {
            switch (fault)
            {
                case Fault.EpochOfEachStart:
                    log.Epoch = Guid.NewGuid().ToString();
                    break;
                case Fault.EventsLostByARestart or Fault.IdsUsedAgainAfterARestart when job.StartsWith("job-", StringComparison.Ordinal):
                    log.Forget(isRewritten: fault == Fault.IdsUsedAgainAfterARestart);
                    break;
                case Fault.JobsLostByARestart:
                    logs.TryRemove(job, out _);
                    break;
            }
        }
    }

    /// <returns>The new job's id.</returns>
    public string Start(int events, int delayMs, CancellationToken stop)
    {
        var id = $"job-{Interlocked.Increment(ref started)}";
        var log = logs[id] = new MemoryLog();
        // A thread of its own: where the pool is busy, a running job would stand still between two readings.
        new Thread(() => Write(log, events, delayMs, stop)) { IsBackground = true }.Start();
        return id;
    }

    private static void Write(MemoryLog log, int events, int delayMs, CancellationToken stop)
    {
        for (var i = 1; i <= events && !stop.IsCancellationRequested; i++)
        {
            Thread.Sleep(delayMs);
            log.Writing.Wait(CancellationToken.None);
            log.Append(isLast: i == events);
            log.Writing.Release();
        }
    }
}
