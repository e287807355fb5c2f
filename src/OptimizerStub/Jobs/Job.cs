using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>
/// One job. Every change passes its gate: people and the run decide on the state as it is, never as it was, and what
/// they decide is in the log before anybody sees it.
/// </summary>
internal sealed class Job(JobRecord record, EventLog log, JobRunner runner, Action ended, TimeProvider time) : IAsyncDisposable
{
    // Never disposed: without a wait handle it has nothing to give back, and a host may be stopped twice.
    private readonly SemaphoreSlim gate = new(1, 1);
    private JobRecord current = record;
    private CancellationTokenSource? stopRun;
    private Task run = Task.CompletedTask;

    /// <summary>The job as it is in the log.</summary>
    public JobRecord Current => Volatile.Read(ref current);

    /// <summary>Makes the change, unless there is none to make: then false, and nothing happened.</summary>
    /// <param name="change">Decides, by the job as it is at that moment.</param>
    /// <param name="token">Ends the wait for the gate. A change that has been handed to the log is not called off.</param>
    public async Task<bool> TryChangeAsync(Func<JobRecord, DateTimeOffset, JobChange?> change, CancellationToken token)
    {
        await gate.WaitAsync(token);
        try
        {
            // A run that was stopped while it waited here must not write another word.
            token.ThrowIfCancellationRequested();
            var now = time.GetUtcNow();
            if (change(current, now) is not { } wanted)
            {
                return false;
            }

            var stamped = Stamp(wanted, now);
            await log.AppendAsync(stamped.Next, stamped.Events, token);
            var hadStarted = current.State is not JobState.Queued;
            Volatile.Write(ref current, stamped.Next);
            FollowState();
            if (hadStarted && stamped.Next.State.IsFinal())
            {
                ended();
            }

            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Stops the run without a word in the log, as a crash would: the next start goes on from there.</summary>
    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync(CancellationToken.None);
        try
        {
            StopRun();
        }
        finally
        {
            gate.Release();
        }

        await run;
    }

    private JobChange Stamp(JobChange change, DateTimeOffset now)
    {
        foreach (var jobEvent in change.Events)
        {
            jobEvent.Timestamp = now.ToTimestamp();
        }

        return change with
        {
            Next = change.Next with { LastEventId = current.LastEventId + change.Events.Count, UpdatedAt = now },
        };
    }

    // Inside the gate, so that a pause and a resume in quick succession can't leave two runs, or none.
    private void FollowState()
    {
        if (current.State is not JobState.Running)
        {
            StopRun();
        }
        else if (stopRun is null)
        {
            stopRun = new CancellationTokenSource();
            run = RunAfterAsync(run, stopRun.Token);
        }
    }

    private void StopRun()
    {
        stopRun?.Cancel();
        stopRun?.Dispose();
        stopRun = null;
    }

    private async Task RunAfterAsync(Task previous, CancellationToken stop)
    {
        await previous;
        await Task.Run(() => runner.RunAsync(this, stop), CancellationToken.None);
    }
}
