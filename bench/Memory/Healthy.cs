using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>Viewers that keep up with a job, and one reader that is slow with another: each must get every event once, the viewers soon.</summary>
internal sealed class Healthy : IDisposable
{
    public const string Job = "healthy";

    private const int EventsPerSecond = 20;

    private readonly ConcurrentDictionary<long, long> writtenAt = new();
    private readonly ConcurrentBag<double> delays = [];
    private readonly ConcurrentBag<string> faults = [];
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> viewers = [];
    private readonly long began = Stopwatch.GetTimestamp();

    /// <summary>What went wrong.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    /// <summary>The delays from the backend's write to the viewer, in milliseconds, in order.</summary>
    public IReadOnlyList<double> Delays => [.. delays.Order()];

    /// <summary>Writes the job's events: from the beginning of the run to now as history, then live.</summary>
    public async Task WriteAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken stopped)
    {
        var head = Head;
        await stream.WriteAsync(Say.Subscribed(last: head), stopped);
        var after = request.HasAfterEventId ? request.AfterEventId : head;
        await stream.WriteAsync(after < head ? Say.Replay(Say.Events(after + 1, head)) : Say.Replay(), stopped);
        for (var id = Math.Max(after, head) + 1; ; id++)
        {
            while (Head < id)
            {
                await Task.Delay(5, stopped);
            }

            writtenAt.TryAdd(id, Stopwatch.GetTimestamp());
            await stream.WriteAsync(Say.Live(Say.Event(id, previous: id - 1)), stopped);
        }
    }

    /// <summary>Starts so many viewers, and returns when all watch: a newcomer may be refused while memory is short.</summary>
    public async Task StartAsync(Uri gateway, int count)
    {
        var ready = Enumerable.Range(0, count).Select(_ => new TaskCompletionSource()).ToList();
        viewers.AddRange(ready.Select(each => WatchAsync(gateway, each, stop.Token)));
        await Task.WhenAll(ready.Select(each => each.Task));
    }

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(viewers);
    }

    public void Dispose() => stop.Dispose();

    private long Head => 1 + (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * EventsPerSecond);

    private async Task WatchAsync(Uri gateway, TaskCompletionSource ready, CancellationToken token)
    {
        var last = 0L;
        while (!token.IsCancellationRequested)
        {
            try
            {
                await using var client = await TestClient.ConnectAsync(gateway);
                await client.SubscribeAsync(Job, last);
                // Events that come as history later are late: the viewer has fallen behind, and catches up.
                foreach (var message in await client.UntilAsync("replay"))
                {
                    last = Take(message, last, isTimed: false);
                }

                ready.TrySetResult();
                while (!token.IsCancellationRequested)
                {
                    last = Take(await client.NextAsync(), last, isTimed: true);
                }
            }
            catch (Exception e) when (!token.IsCancellationRequested)
            {
                faults.Add($"A healthy viewer was cut off after event {last}: {e.Message}");
                await Task.Delay(500, CancellationToken.None);
            }
        }
    }

    private long Take(JsonObject message, long last, bool isTimed)
    {
        foreach (var id in TestClient.EventIds([message], Job))
        {
            if (id != last + 1)
            {
                faults.Add($"After event {last} came {id}.");
            }

            last = id;
            if (isTimed && writtenAt.TryGetValue(id, out var at))
            {
                delays.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
        }

        return last;
    }
}
