using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;

namespace OptimizationGateway.OptimizerStub.Load;

/// <summary>
/// <c>paced-&lt;rate&gt;</c>: a job that runs for ever at so many events a second. Event n happens n/rate seconds after
/// the database was created, whoever looks and whether the process is up or not: the log is honest over restarts, with
/// one epoch, though nothing of it is stored. (Who sets the clock back meanwhile meets ids from the future, as OUT_OF_RANGE.)
/// </summary>
internal sealed class PacedLoad(LoadEvents jobEvents, int rate, int? retain, string epoch, LoadClock clock) : IJobLog
{
    // A hundred seconds at the highest rate, which outlasts a restart, and two seconds' work for a watch from 0.
    private const int MaxRetained = 1_000_000;

    // Timers are no finer; at high rates several events come at once.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => new(State());

    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token)
    {
        var state = State();
        var (earliest, latest) = (state.EarliestId, state.LastId);
        var events = new List<JobEvent>();

        // It may be any id that a caller gives.
        for (var id = Math.Clamp(afterEventId, earliest - 1, latest) + 1; id <= latest && events.Count < JobLogPage.MaxEvents; id++)
        {
            events.Add(id == 1 ? jobEvents.Started(DueAt(id)) : jobEvents.Iteration(id, DueAt(id)));
        }

        return new(new JobLogPage(state, events));
    }

    public async Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token)
    {
        var wait = DueAt(afterEventId + 1) - clock.UtcNow;
        if (wait <= TimeSpan.Zero)
        {
            return true;
        }

        var due = wait <= within;
        await Task.Delay(
            due && wait < ShortestWait ? ShortestWait
                : due ? wait
                : within,
            clock.Time,
            token
        );
        return due;
    }

    private JobLogState State()
    {
        var latest = Latest();
        return new JobLogState(epoch, Math.Max(1, latest - Math.Min(retain ?? MaxRetained, MaxRetained) + 1), latest, Ended: false);
    }

    // In 128 bits: ticks times the highest rate leave 64 within three years.
    private long Latest() => (long)((Int128)(clock.UtcNow - clock.Origin).Ticks * rate / TimeSpan.TicksPerSecond);

    private DateTimeOffset DueAt(long id)
    {
        // Rounded up: an event must not be due before Latest() counts it.
        var ticks = (((Int128)id * TimeSpan.TicksPerSecond) + rate - 1) / rate;
        return clock.Origin.AddTicks((long)ticks);
    }
}
