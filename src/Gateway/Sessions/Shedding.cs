using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// While memory is short, sends away the readers that hold most and move least, a few at a time, until it isn't. They resume later and miss
/// nothing.
/// </summary>
internal sealed class Shedding(SessionRegistry sessions, HeldMemory held, TimeProvider time, ILogger<Shedding> logger) : BackgroundService
{
    /// <summary>A reader that is this far behind is slow; a healthy one is behind by milliseconds.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>The same near the limit.</summary>
    private static readonly TimeSpan SlowInNeed = TimeSpan.FromMilliseconds(500);

    /// <summary>The time until those that were sent away have given their memory back.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Chooses whom to send away.</summary>
    /// <param name="readers">All readers, each with the memory that it takes, in bytes, and the time since which something waits for it.</param>
    /// <param name="excess">The memory that is to become free, in bytes.</param>
    /// <param name="behind">The time from which a reader is slow.</param>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="time">The clock.</param>
    internal static IReadOnlyList<T> Choose<T>(
        IEnumerable<(T Reader, long Bytes, long Since)> readers,
        long excess,
        TimeSpan behind,
        long now,
        TimeProvider time
    )
    {
        List<T> chosen = [];
        var slow = readers
            .Select(reader =>
                (reader.Reader, reader.Bytes, Waited: reader.Since > 0 ? time.GetElapsedTime(reader.Since, now) : TimeSpan.Zero)
            )
            .Where(reader => reader.Waited >= behind)
            .OrderByDescending(reader => reader.Bytes * reader.Waited.TotalSeconds);
        foreach (var (reader, bytes, _) in slow)
        {
            if (excess <= 0)
            {
                break;
            }

            chosen.Add(reader);
            excess -= bytes;
        }

        return chosen;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await held.PressedAsync(stoppingToken);
            Shed();
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private void Shed()
    {
        var readers = sessions.Here().Where(session => !session.IsEnding).Select(session => (session, session.Backlog));
        var chosen = Choose(
            readers.Select(reader => (reader.session, reader.Backlog.Bytes, reader.Backlog.OldestReadAt)),
            held.Excess,
            held.Pressure == Pressure.Refuse ? SlowInNeed : Slow,
            time.GetTimestamp(),
            time
        );
        foreach (var session in chosen)
        {
            session.Shed();
        }

        if (chosen.Count > 0)
        {
            SessionLog.Shed(logger, chosen.Count, held.Bytes, held.Limit);
        }
    }
}
