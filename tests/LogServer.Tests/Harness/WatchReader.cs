using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.LogServer.Tests.Harness;

/// <summary>Reads one watch, event by event.</summary>
internal sealed class WatchReader(AsyncServerStreamingCall<WatchJobResponse> call) : IDisposable
{
    private readonly Queue<JobEvent> events = new();

    /// <summary>The next event, replayed or live; null at the end of the stream.</summary>
    public async Task<JobEvent?> NextAsync()
    {
        while (events.Count == 0)
        {
            if (!await call.ResponseStream.MoveNext(Deadline.Token))
            {
                return null;
            }

            Enqueue(call.ResponseStream.Current);
        }

        return events.Dequeue();
    }

    public async Task<List<JobEvent>> RestAsync()
    {
        var read = new List<JobEvent>();
        while (await NextAsync() is { } jobEvent)
        {
            read.Add(jobEvent);
        }

        return read;
    }

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
