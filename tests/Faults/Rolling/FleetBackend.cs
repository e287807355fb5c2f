using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Rolling;

/// <summary>
/// A backend in this process with any number of endless jobs, whose events follow from the clock: the same to every gateway, also when
/// nobody watches.
/// </summary>
internal sealed class FleetBackend : IAsyncDisposable
{
    /// <summary>The metadata by which it tells gateways apart.</summary>
    public const string Name = "gateway";

    private const int EventsPerReplay = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly DateTime began = DateTime.UtcNow;
    private readonly ScriptedBackend backend;

    private FleetBackend(ScriptedBackend backend)
    {
        this.backend = backend;
        backend.Always(WatchAsync);
    }

    public Uri Url => backend.Url;

    /// <summary>The most opens of one gateway in any second.</summary>
    public int MostOpens =>
        backend
            .Calls.GroupBy(call => call.Headers.GetValue(Name))
            .Select(calls => MostInASecond([.. calls.Select(call => call.At).Order()]))
            .DefaultIfEmpty()
            .Max();

    public static async Task<FleetBackend> StartAsync() => new(await ScriptedBackend.StartAsync());

    /// <summary>The newest event of a job.</summary>
    public long HeadOf(string job) => (long)((DateTime.UtcNow - began + PhaseOf(job)) / Interval) + 1;

    public ValueTask DisposeAsync() => backend.DisposeAsync();

    /// <summary>Jobs don't all speak at the same time.</summary>
    private static TimeSpan PhaseOf(string job) =>
        TimeSpan.FromMilliseconds(string.GetHashCode(job, StringComparison.Ordinal) % 1_000 + 1_000);

    private static int MostInASecond(List<DateTime> times)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] >= Second)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    private async Task WatchAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken stopped)
    {
        var head = HeadOf(request.JobId);
        var cursor = request.HasAfterEventId ? request.AfterEventId : head;
        await stream.WriteAsync(Say.Subscribed(head), stopped);
        while (cursor < head)
        {
            var last = Math.Min(head, cursor + EventsPerReplay);
            await stream.WriteAsync(Say.Replay(hasMore: last < head, Say.Events(cursor + 1, last)), stopped);
            cursor = last;
        }

        if (request.HasAfterEventId && cursor == request.AfterEventId)
        {
            await stream.WriteAsync(Say.Replay(), stopped);
        }

        while (true)
        {
            await Task.Delay(
                began + (cursor * Interval) - PhaseOf(request.JobId) - DateTime.UtcNow + TimeSpan.FromMilliseconds(1),
                stopped
            );
            for (head = HeadOf(request.JobId); cursor < head; cursor++)
            {
                await stream.WriteAsync(Say.Live(Say.Event(cursor + 1, cursor)), stopped);
            }
        }
    }
}
