using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>A job with some events, which ends when a test says so.</summary>
internal sealed class EndingJob(long events)
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void End() => ended.SetResult();

    /// <summary>Serves it, as a correct backend does.</summary>
    public async Task ServeAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken cancelled)
    {
        var hasEnded = ended.Task.IsCompleted;
        await stream.WriteAsync(Say.Subscribed(hasEnded ? events + 1 : events, ended: hasEnded), cancelled);
        if (request.HasAfterEventId)
        {
            IEnumerable<JobEvent> all = [.. Say.Events(1, events), .. hasEnded ? [Say.Completed(events + 1)] : Array.Empty<JobEvent>()];
            await stream.WriteAsync(Say.Replay([.. all.Where(one => one.Id > request.AfterEventId)]), cancelled);
        }

        if (!hasEnded)
        {
            await ended.Task.WaitAsync(cancelled);
            await stream.WriteAsync(Say.Live(Say.Completed(events + 1)), cancelled);
        }
    }
}
