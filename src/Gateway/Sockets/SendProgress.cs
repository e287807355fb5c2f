namespace OptimizationGateway.Gateway.Sockets;

/// <summary>
/// Tells a reader that is slow from one that takes nothing, PROTOCOL.md section 5: while something waits to be sent, the transport must
/// accept <paramref name="minimumBytes"/>, or all that waits, in every <paramref name="window"/>. It costs nothing while writes complete at
/// once: the clock starts with the first write that has to wait.
/// </summary>
/// <remarks>Written to by the one writer of a socket; only the timer comes from elsewhere.</remarks>
internal sealed class SendProgress : IDisposable
{
    /// <summary>What a reader has to take in a window, in bytes: PROTOCOL.md section 5.</summary>
    public const int DefaultMinimumBytes = 16 * 1024;

    private readonly TimeSpan window;
    private readonly int minimumBytes;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private bool running;
    private int accepted;

    /// <param name="time">The clock.</param>
    /// <param name="window">How long a reader may take nothing worth mentioning.</param>
    /// <param name="minimumBytes">What is worth mentioning.</param>
    /// <param name="onStuck">Called once a window has passed without it.</param>
    public SendProgress(TimeProvider time, TimeSpan window, int minimumBytes, Action onStuck)
    {
        this.window = window;
        this.minimumBytes = minimumBytes;
        timer = time.CreateTimer(_ => Expire(onStuck), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A write has to wait for the reader.</summary>
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

    /// <summary>The transport took this much.</summary>
    public void Accepted(int bytes)
    {
        lock (gate)
        {
            accepted += bytes;
            if (running && accepted >= minimumBytes)
            {
                StartWindow();
            }
        }
    }

    /// <summary>The transport took all there was.</summary>
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

    private void StartWindow()
    {
        running = true;
        accepted = 0;
        timer.Change(window, Timeout.InfiniteTimeSpan);
    }

    private void Expire(Action onStuck)
    {
        lock (gate)
        {
            // The window may have begun anew between the timer's decision and this line.
            if (!running || accepted >= minimumBytes)
            {
                return;
            }

            running = false;
        }

        onStuck();
    }
}
