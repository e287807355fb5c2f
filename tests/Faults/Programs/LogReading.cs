using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Programs;

/// <summary>What a backend has of a job when asked directly, past gateways and proxies.</summary>
internal static class LogReading
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The newest id.</summary>
    public static async Task<long> HeadAsync(StubProgram stub, string job)
    {
        using var channel = Open(stub);
        using var watch = Watch(channel, new WatchJobRequest { JobId = job });
        await watch.ResponseStream.MoveNext(CancellationToken.None);
        return watch.ResponseStream.Current.Subscribed.LastEventId;
    }

    /// <summary>All that there is. A log that is cut, or may still be deleted, isn't whole.</summary>
    public static async Task<BackendLog> ReadAsync(StubProgram stub, string job, bool isWhole)
    {
        using var channel = Open(stub);
        using var watch = Watch(
            channel,
            new WatchJobRequest
            {
                JobId = job,
                AfterEventId = 0,
                HistoryOnly = true,
            }
        );
        Subscribed? subscribed = null;
        var events = new List<JobEvent>();
        await foreach (var message in watch.ResponseStream.ReadAllAsync())
        {
            subscribed ??= message.Subscribed;
            events.AddRange(message.Replay?.Events ?? []);
        }

        var first = events.Count > 0 ? events[0].Id : 1;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Id != first + i)
            {
                throw new InvalidOperationException($"{job}: the backend's own log goes from {first + i - 1} to {events[i].Id}.");
            }
        }

        return new BackendLog
        {
            Job = job,
            Epoch = subscribed!.Epoch,
            First = first,
            IsEnded = subscribed.Ended,
            IsWhole = isWhole,
            Sums = [.. events.Select(EventSum.Of)],
        };
    }

    private static GrpcChannel Open(StubProgram stub) =>
        GrpcChannel.ForAddress($"http://{stub.Process.Address}", new GrpcChannelOptions { MaxReceiveMessageSize = 16 * 1024 * 1024 });

    private static AsyncServerStreamingCall<WatchJobResponse> Watch(GrpcChannel channel, WatchJobRequest request) =>
        new OptimizerService.OptimizerServiceClient(channel).WatchJob(request, deadline: DateTime.UtcNow + Limit);
}
