using Grpc.Core;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Jobs;

/// <summary>
/// A job that the kit has started, with a watch of the kit's own from its beginning on: it knows how far the job is, and tells the whole story
/// once it has ended. Whatever is wrong with that watch is for the rules to judge.
/// </summary>
internal sealed class StartedJob : IDisposable
{
    private readonly Watch watch;
    private readonly CancellationTokenSource stop;
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan jobTime;
    private readonly Task watching;
    private long latestId;

    public StartedJob(string id, Backend backend, TimeSpan jobTime, CancellationToken token)
    {
        Id = id;
        stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        watch = backend.Open(new WatchJobRequest { JobId = id, AfterEventId = 0 }, stop.Token);
        this.jobTime = jobTime;
        watching = WatchAsync();
    }

    public string Id { get; }

    /// <summary>The id of its newest event, as far as it is known.</summary>
    public long LatestId => Volatile.Read(ref latestId);

    /// <summary>True if no more messages are expected.</summary>
    public bool HasEnded => watching.IsCompleted;

    /// <summary>True if its stream ended with OK without a terminal event, which the contract forbids.</summary>
    public bool EndedTooSoon => HasEnded && watch.Story is { End.IsOk: true } story && !story.Events.Any(Story.IsTerminal);

    /// <summary>Waits for the first answer: whether the backend says that there is no such job, and how. That none comes is for the rules to judge.</summary>
    public async Task<WatchEnd?> IsUnknownAsync(TimeSpan within, CancellationToken token)
    {
        try
        {
            await Task.WhenAny(answered.Task, watching).WaitAsync(within, token);
            return watch.Story is { Messages.Count: 0, End: { Status: StatusCode.NotFound } end } ? end : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Waits until it has written something.</summary>
    public async Task RunsAsync(CancellationToken token)
    {
        try
        {
            await Task.WhenAny(heard.Task, watching).WaitAsync(Limits.NextEvent, token);
        }
        catch (TimeoutException)
        {
            throw new NotApplicableException($"{Id}, which --start-job started, had no event within {Spoken.Time(Limits.NextEvent)}.");
        }
    }

    /// <summary>Its story; without an end where it took longer than a job may.</summary>
    public async Task<Story> WholeAsync(CancellationToken token)
    {
        try
        {
            var left = jobTime - watch.Age;
            await watching.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, token);
        }
        catch (TimeoutException)
        {
            // It goes on, and so does the watch.
        }

        return watch.Story.Copy();
    }

    public void Dispose()
    {
        stop.Cancel();
        watch.Dispose();
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (await watch.HearsAsync(Timeout.InfiniteTimeSpan, stop.Token) && watch.End is null)
            {
                answered.TrySetResult();
                if (Story.EventsOf(watch.Story.Messages[^1]).LastOrDefault() is not { } last)
                {
                    continue;
                }

                Volatile.Write(ref latestId, last.Id);
                heard.TrySetResult();

                // What comes after a terminal event, if anything, is for the rules to judge.
                if (Story.IsTerminal(last) && !await watch.HearsAsync(Limits.EndOfStream, stop.Token))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The kit is done.
        }
    }
}
