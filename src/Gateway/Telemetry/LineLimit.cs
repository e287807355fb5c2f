namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>How many lines of one kind the log gets in a minute. What is left out is counted, and told at the minute's end.</summary>
/// <param name="time">The clock.</param>
/// <param name="perMinute">How many.</param>
/// <param name="tell">Tells how many were left out.</param>
internal sealed class LineLimit(TimeProvider time, int perMinute, Action<int> tell) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long began;
    private int lines;
    private ITimer? timer;

    /// <summary>Whether this line is logged.</summary>
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

    /// <summary>Tells what is still to tell.</summary>
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
