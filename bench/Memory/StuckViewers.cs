using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>Viewers of one job of whom none reads any more: what each costs beyond the ring that they share, against its bound.</summary>
internal static class StuckViewers
{
    private const int EventBytes = 8_000;
    private const int RingBytes = 1024 * 1024;

    /// <summary>The most of a feed that its furthest viewer still has to be sent; then the stream is held back.</summary>
    private const int UnsentBytes = 512 * 1024;

    /// <summary>Memory that the ring takes before it is needed, or hasn't given back: two chunks.</summary>
    private const int ChunkBytes = 2 * 32 * 1024;

    /// <summary>The gateway's end of the shared stream.</summary>
    private const int StreamBytes = 512 * 1024;

    /// <summary>The cost of any connection whose writer waits: 16 KiB gathered for one write, and 64 KiB in the server's response buffer.</summary>
    private const int WaitingWriteBytes = (16 + 64) * 1024;

    /// <summary>What a stuck viewer of a shared stream may cost beyond that.</summary>
    private const int ViewerBytes = 64 * 1024;

    public static async Task<int> RunAsync(int viewers)
    {
        var (written, flood) = (0L, new TaskCompletionSource());
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ServeAsync);
        await using var gateway = await MeasuredProgram.StartAsync(
            $"--Gateway:Backends:test:Address={backend.Url}",
            $"--Gateway:Feeds:RingBytes={RingBytes}",
            $"--Gateway:Limits:Connections={viewers + 10}",
            $"--Gateway:Limits:ConnectionsPerAddress={viewers + 10}",
            "--Gateway:Limits:StuckReaderTimeout=01:00:00"
        );
        var stuck = new List<SlowClient>();
        for (var i = 0; i < viewers; i++)
        {
            stuck.Add(await SlowClient.ConnectAsync(gateway.SocketUrl));
            await stuck[^1].SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
            await stuck[^1].ReadEventIdsAsync(1);
        }

        var streams = backend.Requests.Count;
        var before = await gateway.MeasureAsync();
        flood.SetResult();
        await UntilHeldBackAsync(() => Volatile.Read(ref written));
        var last = await gateway.MeasureAsync();
        var each = (last.Heap - before.Heap - RingBytes - UnsentBytes - StreamBytes) / viewers;
        Console.WriteLine($"before: {before}");
        Console.WriteLine($"{viewers} stuck viewers of one job: {last}; {streams} streams, {last.Shared / 1024} KiB held for all");
        Console.WriteLine(
            $"a viewer costs {each / 1024} KiB of heap beyond what they share; bound {(WaitingWriteBytes + ViewerBytes) / 1024} KiB"
        );
        await Task.WhenAll(stuck.Select(client => client.DisposeAsync().AsTask()));
        var isWithin =
            each <= WaitingWriteBytes + ViewerBytes
            && last.Shared is > 0 and <= RingBytes + UnsentBytes + ChunkBytes
            && last.Connections == viewers
            && streams == 1;
        Console.WriteLine(
            isWithin ? "ok: under the bound, on one stream" : "NOT ok: over the bound, or viewers were lost, or got streams of their own"
        );
        return isWithin ? 0 : 1;

        async Task ServeAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken stopped)
        {
            var jobEvent = Say.Event(1, previous: 0);
            await stream.WriteAsync(Say.Subscribed(last: 1), stopped);
            await stream.WriteAsync(Say.Replay(request.AfterEventId == 0 ? [jobEvent] : []), stopped);
            await flood.Task.WaitAsync(stopped);
            jobEvent.Details = new() { Fields = { ["padding"] = new() { StringValue = new string('x', EventBytes) } } };
            for (var id = 2L; ; id++)
            {
                (jobEvent.Id, jobEvent.PreviousId) = (id, id - 1);
                await stream.WriteAsync(Say.Live(jobEvent), stopped);
                Volatile.Write(ref written, id);
            }
        }
    }

    /// <summary>Waits until the backend has written something and then nothing for a second.</summary>
    private static async Task UntilHeldBackAsync(Func<long> written)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var (last, same) = (0L, 0); same < 10; )
        {
            await poll.WaitForNextTickAsync();
            var now = written();
            (last, same) = (now, now == last && now > 0 ? same + 1 : 0);
        }
    }
}
