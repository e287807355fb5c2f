using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>Many readers that take nothing, each with a job that writes as fast as it may: what each costs the gateway, against its bound.</summary>
internal static class SlowReaders
{
    private const int OutboxBytes = 512 * 1024;
    private const int WindowBytes = 128 * 1024;

    /// <summary>An event of a few hundred bytes, as jobs write them; the largest would be 4 MB.</summary>
    private const int DecodedBytes = 4 * 1024;

    /// <summary>What a connection whose writer waits has in its hands: 16 KiB gathered for one write, and 64 KiB in the server's response buffer.</summary>
    private const int WriteBytes = (16 * 1024) + (64 * 1024);

    /// <summary>Session, timers, tasks, the gRPC call with its HTTP/2 stream.</summary>
    private const int ObjectBytes = 32 * 1024;

    private const int Bound = OutboxBytes + WindowBytes + DecodedBytes + WriteBytes + ObjectBytes;

    public static async Task<int> RunAsync(int readers)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(WriteForEverAsync);
        await using var gateway = await MeasuredProgram.StartAsync(
            $"--Gateway:Backends:test:Address={backend.Url}",
            $"--Gateway:Limits:OutboxBytesPerSubscription={OutboxBytes}",
            $"--Gateway:Upstream:StreamWindowBytes={WindowBytes}",
            $"--Gateway:Limits:Connections={readers + 10}",
            // So that they stay: as it comes, each would be aborted within half a minute.
            "--Gateway:Limits:StuckReaderTimeout=01:00:00"
        );
        await WarmUpAsync(gateway);
        var before = await gateway.MeasureAsync();
        Console.WriteLine($"before: {before}");

        var slow = new List<SlowClient>();
        for (var i = 0; i < readers; i++)
        {
            var client = await SlowClient.ConnectAsync(gateway.SocketUrl);
            slow.Add(client);
            await client.SendAsync($$"""{"type":"subscribe","jobId":"job-{{i}}","afterEventId":0}""");
        }

        var (peak, last) = await UntilFullAsync(gateway, readers);
        var perReader = (last.Heap - before.Heap) / readers;
        var most = (peak - before.Resident) / readers;
        Console.WriteLine(
            $"{readers} slow readers: {last}; {last.Queued / 1e6:F1} MB wait in outboxes; RSS at its highest {peak / 1e6:F1} MB"
        );
        Console.WriteLine(
            $"a reader costs {perReader / 1024} KiB of heap, {most / 1024} KiB of RSS at its highest; bound {Bound / 1024} KiB"
        );
        await Task.WhenAll(slow.Select(client => client.DisposeAsync().AsTask()));
        var isWithin = most <= Bound && last.Connections == readers;
        Console.WriteLine(isWithin ? "ok: under base + readers x bound" : "NOT ok: more than base + readers x bound, or readers were lost");
        return isWithin ? 0 : 1;
    }

    private static async Task WriteForEverAsync(
        WatchJobRequest request,
        Grpc.Core.IServerStreamWriter<WatchJobResponse> stream,
        CancellationToken stopped
    )
    {
        await stream.WriteAsync(Say.Subscribed(last: request.AfterEventId), stopped);
        await stream.WriteAsync(Say.Replay(), stopped);
        for (var id = request.AfterEventId + 1; ; id++)
        {
            await stream.WriteAsync(Say.Live(Say.Event(id, previous: id - 1)), stopped);
        }
    }

    /// <summary>Code and pools come into being with the first clients; they are no cost of the later ones.</summary>
    private static async Task WarmUpAsync(MeasuredProgram gateway)
    {
        for (var i = 0; i < 10; i++)
        {
            await using var client = await SlowClient.ConnectAsync(gateway.SocketUrl);
            await client.SendAsync("""{"type":"subscribe","jobId":"warm","afterEventId":0}""");
            await client.ReadEventIdsAsync(100);
        }
    }

    /// <summary>Waits until the outboxes stop growing.</summary>
    private static async Task<(long PeakResident, Footprint Last)> UntilFullAsync(MeasuredProgram gateway, int readers)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var last = await gateway.MeasureAsync();
        var peak = last.Resident;
        for (var still = 0; still < 5; )
        {
            await poll.WaitForNextTickAsync();
            var now = await gateway.MeasureAsync();
            still = now.Queued > (long)readers * OutboxBytes / 2 && now.Queued - last.Queued < last.Queued / 100 ? still + 1 : 0;
            peak = Math.Max(peak, now.Resident);
            last = now;
        }

        return (peak, last);
    }
}
