namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>
/// Limits the lines of one kind that the log gets in a minute. Suppressed lines are counted, and the count is logged at the minute's
/// end.
/// </summary>
/// <param name="perMinute">The most lines a minute.</param>
/// <param name="tell">Logs the number of suppressed lines.</param>
internal sealed class LineLimit(TimeProvider time, int perMinute, Action<int> tell) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long began;
    private int lines;
    private ITimer? timer;

    /// <summary>Returns true if this line is logged.</summary>
    public bool TryTake()
    {
        lock (gate)
        {
            if (lines == 0 || time.GetElapsedTime(began) >= Minute)
            {
                End();
                began = time.GetTimestamp();
            }

            lines++;
            if (lines <= perMinute)
            {
                return true;
            }

            timer ??= time.CreateTimer(_ => TellInTime(), state: null, Minute - time.GetElapsedTime(began), Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    /// <summary>Logs the count that hasn't been logged yet.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            End();
        }
    }

    private void TellInTime()
    {
        lock (gate)
        {
            // The minute that it was for may be over already, and another have begun.
            if (time.GetElapsedTime(began) >= Minute)
            {
                End();
            }
        }
    }

    private void End()
    {
        timer?.Dispose();
        timer = null;
        if (lines > perMinute)
        {
            tell(lines - perMinute);
        }

        lines = 0;
    }
}
