using System.Threading.Tasks.Sources;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Waits for one task after another, each for a time, without a timer, a task or a registration for each of them. Its timer stays armed for
/// an earlier wait, and is set anew when it fires too early: a busy stream touches it once in a timeout, not once an event.
/// </summary>
/// <remarks>One wait at a time.</remarks>
internal sealed class PatientWait : IValueTaskSource<bool>, IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly CancellationToken stop;
    private readonly CancellationTokenRegistration stopping;
    private readonly Action onCompleted;
    private ManualResetValueTaskSourceCore<bool> core;
    private Task? task;
    private bool isWaiting;
    private long until;

    /// <summary>The time at which the timer fires; null if it isn't armed.</summary>
    private long? firesAt;

    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the waits.</param>
    public PatientWait(TimeProvider time, CancellationToken stop)
    {
        this.time = time;
        this.stop = stop;
        onCompleted = Completed;
        timer = time.CreateTimer(static wait => ((PatientWait)wait!).Fired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        stopping = stop.UnsafeRegister(static wait => ((PatientWait)wait!).Stopped(), this);
    }

    /// <summary>Waits until a task completes, for at most so long.</summary>
    /// <param name="awaited">The task. It may be given again after a wait that was too short.</param>
    /// <param name="within">The time; a day at most.</param>
    /// <returns>False if the time was too short, or the token was cancelled.</returns>
    public ValueTask<bool> WaitAsync(Task awaited, TimeSpan within)
    {
        if (awaited.IsCompleted || within <= TimeSpan.Zero)
        {
            return ValueTask.FromResult(awaited.IsCompleted);
        }

        var isNew = task != awaited;
        lock (gate)
        {
            core.Reset();
            (task, isWaiting) = (awaited, true);
            var left = within < Longest ? within : Longest;
            until = time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency);
            if (firesAt is null || firesAt > until)
            {
                Arm(left);
            }
        }

        if (isNew)
        {
            awaited.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(onCompleted);
        }

        if (stop.IsCancellationRequested)
        {
            Stopped();
        }

        return new ValueTask<bool>(this, core.Version);
    }

    public void Dispose()
    {
        stopping.Unregister();
        timer.Dispose();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => core.OnCompleted(continuation, state, token, flags);

    private void Completed()
    {
        lock (gate)
        {
            // It may come late, after the reader saw for itself that the task is complete, and went on to the next.
            if (!isWaiting || !task!.IsCompleted)
            {
                return;
            }

            isWaiting = false;
        }

        // Outside of the lock: the reader goes on in this thread.
        core.SetResult(true);
    }

    private void Fired()
    {
        lock (gate)
        {
            firesAt = null;
            var left = time.GetElapsedTime(time.GetTimestamp(), until);
            if (!isWaiting)
            {
                return;
            }

            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }

            isWaiting = false;
        }

        core.SetResult(false);
    }

    private void Arm(TimeSpan left)
    {
        // A timer drops the rest of a millisecond.
        firesAt = until;
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private void Stopped()
    {
        lock (gate)
        {
            if (!isWaiting)
            {
                return;
            }

            isWaiting = false;
        }

        core.SetResult(false);
    }
}
