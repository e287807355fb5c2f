namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// Tells a reader that is slow from one that takes nothing, PROTOCOL.md section 5: while something waits to be sent, the transport must
/// accept <see cref="MinimumBytes"/>, or all that waits, in every window, or the reader's system acknowledge as much. It costs nothing while writes complete at once: the clock starts
/// with the first write that has to wait.
/// </summary>
/// <remarks>
/// <para>
/// The bytes that the transport accepted lie in the reader's receive buffer first. A Linux receiver whose buffer was full reports room only once
/// nearly all of it was read (measured on loopback: 120 KB at 8 KiB/s, so 15 s without a sign). So a reader that has just taken much is
/// given as long as one of <see cref="SlowestReader"/> needs to read it, up to <see cref="MostWindows"/> windows.
/// </para>
/// <para>Written to by the one writer of a socket; only the timer comes from elsewhere.</para>
/// </remarks>
internal sealed class SendProgress : IDisposable
{
    /// <summary>The bytes a reader must take in a window: PROTOCOL.md section 5.</summary>
    public const int MinimumBytes = 16 * 1024;

    /// <summary>The pace, in bytes a second, at which a reader is never mistaken for one that takes nothing.</summary>
    public const int SlowestReader = 8 * 1024;

    /// <summary>The most windows a reader can have in hand, however much it took before.</summary>
    public const int MostWindows = 3;

    private readonly TimeProvider time;
    private readonly TimeSpan window;
    private readonly Func<long>? acknowledged;
    private readonly long start;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private bool running;
    private int accepted;
    private long acknowledgedBefore;
    private TimeSpan readBy;

    /// <param name="window">The longest time without progress.</param>
    /// <param name="acknowledged">Counts the bytes that the reader's system has acknowledged; null if that isn't known.</param>
    /// <param name="onStuck">Called after a window without progress.</param>
    public SendProgress(TimeProvider time, TimeSpan window, Func<long>? acknowledged, Action onStuck)
    {
        this.time = time;
        this.window = window;
        this.acknowledged = acknowledged;
        start = time.GetTimestamp();
        timer = time.CreateTimer(_ => Expire(onStuck), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Records that a write has to wait for the reader.</summary>
    public void Waiting()
    {
        lock (gate)
        {
            if (!running)
            {
                StartWindow();
            }
        }
    }

    /// <summary>Records that the transport accepted this many bytes.</summary>
    public void Accepted(int bytes)
    {
        lock (gate)
        {
            accepted += bytes;
            ReaderHas(bytes);
            if (running && accepted >= MinimumBytes)
            {
                StartWindow();
            }
        }
    }

    /// <summary>Records that the transport accepted everything.</summary>
    public void Drained()
    {
        lock (gate)
        {
            if (running)
            {
                running = false;
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => timer.Dispose();

    private long Acknowledged => acknowledged?.Invoke() ?? 0;

    private TimeSpan Now => time.GetElapsedTime(start);

    private void StartWindow()
    {
        running = true;
        accepted = 0;
        acknowledgedBefore = Acknowledged;
        timer.Change(window, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Puts off the moment by which the slowest reader has read all that the transport accepted.</summary>
    private void ReaderHas(int more)
    {
        var now = Now;
        var latest = now + (window * MostWindows);
        var reading = (readBy > now ? readBy : now) + TimeSpan.FromSeconds((double)more / SlowestReader);
        readBy = reading < latest ? reading : latest;
    }

    private void Expire(Action onStuck)
    {
        lock (gate)
        {
            // The window may have begun anew between the timer's decision and this line.
            if (!running || accepted >= MinimumBytes)
            {
                return;
            }

            if (Acknowledged - acknowledgedBefore >= MinimumBytes)
            {
                StartWindow();
                return;
            }

            if (readBy - Now is { Ticks: > 0 } left)
            {
                timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            running = false;
        }

        onStuck();
    }
}
