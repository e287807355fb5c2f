using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Tests.Harness;

/// <summary>Reads one watch, message by message or event by event.</summary>
internal sealed class WatchReader(AsyncServerStreamingCall<WatchJobResponse> call) : IDisposable
{
    private readonly Queue<JobEvent> events = new();

    public async Task<WatchJobResponse?> NextAsync() =>
        await call.ResponseStream.MoveNext(Deadline.Token) ? call.ResponseStream.Current : null;

    public async Task<Subscribed> SubscribedAsync() => (await NextAsync())!.Subscribed;

    /// <summary>The next event, replayed or live; null at the end of the stream.</summary>
    public async Task<JobEvent?> EventAsync()
    {
        while (events.Count == 0)
        {
            if (await NextAsync() is not { } message)
            {
                return null;
            }

            Enqueue(message);
        }

        return events.Dequeue();
    }

    public async Task<JobEvent> EventAsync(Func<JobEvent, bool> wanted)
    {
        while (await EventAsync() is { } jobEvent)
        {
            if (wanted(jobEvent))
            {
                return jobEvent;
            }
        }

        throw new InvalidOperationException("The stream ended before the event came.");
    }

    public async Task<List<JobEvent>> RestAsync()
    {
        var read = new List<JobEvent>();
        while (await EventAsync() is { } jobEvent)
        {
            read.Add(jobEvent);
        }

        return read;
    }

    public async Task<RpcException> FailureAsync() => await Assert.ThrowsAsync<RpcException>(RestAsync);

    public void Dispose() => call.Dispose();

    private void Enqueue(WatchJobResponse message)
    {
        foreach (var replayed in message.Replay?.Events ?? [])
        {
            events.Enqueue(replayed);
        }

        if (message.Event is { } live)
        {
            events.Enqueue(live);
        }
    }
}
