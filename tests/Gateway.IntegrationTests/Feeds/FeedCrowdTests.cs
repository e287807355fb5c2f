using System.Collections.Concurrent;
using System.Diagnostics;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>Many viewers of one job of whom one is slow. The long form has a thousand, and takes its time.</summary>
[Collection(Alone.Name)]
public sealed class FeedCrowdTests
{
    private const int EventBytes = 8_000;
    private const int SmallRing = 512 * 1024;

    /// <summary>Memory that the ring takes before it is needed, or hasn't given back: two chunks.</summary>
    private const int Chunks = 2 * 32 * 1024;

    /// <summary>The most of a feed that its furthest viewer still has to be sent; then the stream is held back.</summary>
    private const int UnsentBytes = 512 * 1024;

    private static readonly int Crowd = LongForm.IsAsked ? 1_000 : 30;
    private static readonly int EventsPerSecond = LongForm.IsAsked ? 16 : 64;

    private static readonly string[] Settings =
    [
        "Gateway:Limits:StuckReaderTimeout=01:00:00",
        "Gateway:Limits:Connections=2000",
        "Gateway:Limits:ConnectionsPerAddress=2000",
        "Gateway:Limits:NewConnectionsPerSecond=2000",
        "Gateway:Drain:Time=00:00:00",
    ];

    private readonly ConcurrentDictionary<long, long> written = [];

    /// <summary>One viewer takes 8 KiB a second, of a job that writes sixteen times as much, or 64 times with few viewers.</summary>
    [Fact]
    public async Task One_slow_viewer_of_many_loses_nothing_and_costs_the_others_nothing()
    {
        var seconds = LongForm.IsAsked ? 60 : 2;
        await using var audience = await Audience.OpenAsync(
            new JobLog { Padding = EventBytes },
            settings: [$"Gateway:Feeds:RingBytes={SmallRing}", .. Settings]
        );
        var others = await Task.WhenAll(Enumerable.Range(0, Crowd - 1).Select(_ => CountingClient.OpenAsync(audience.Gateway, written)));
        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == Crowd - 1, "all have a seat");
        var (streams, requests) = (audience.Log.MostStreams, audience.Backend.Requests.Count);
        await WriteAsync(audience, seconds, each: () => Task.CompletedTask);
        var without = await DelayAsync(audience, others);

        await using var slow = await SlowClient.ConnectAsync(audience.Gateway.SocketUrl);
        var (began, read, memory) = (audience.Log.Head, new List<long>(), 0L);
        await slow.SendAsync($$"""{"type":"subscribe","jobId":"job-1","afterEventId":{{began}}}""");
        await TestGateway.EventuallyAsync(() => FeedProbe.ViewersOf(audience.Gateway) == Crowd, "it has a seat");
        await WriteAsync(
            audience,
            seconds,
            async () =>
            {
                read.AddRange(await slow.ReadEventIdsAsync(1));
                memory = Math.Max(memory, FeedProbe.MemoryOf(audience.Gateway));
            }
        );
        var with = await DelayAsync(audience, others);
        read.AddRange(await slow.ReadEventIdsAsync((int)(audience.Log.Head - began) - read.Count));

        TestContext.Current.SendDiagnosticMessage($"the others' p99: {without.TotalMilliseconds:F1} ms, {with.TotalMilliseconds:F1} ms");
        Assert.Equal(audience.Log.After(began), read);
        Assert.InRange(audience.Backend.Requests.Count, requests + 1, requests + 20);
        Assert.InRange(audience.Log.MostStreams, streams, Math.Max(streams, 2));
        Assert.InRange(memory, 1, SmallRing + Chunks + UnsentBytes);
        Assert.True(!LongForm.IsAsked || with <= 1.2 * without, $"{with} is more than 1.2 times {without}.");
        await Task.WhenAll(others.Select(viewer => viewer.DisposeAsync().AsTask()));
    }

    private async Task WriteAsync(Audience audience, int seconds, Func<Task> each)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / EventsPerSecond));
        for (var i = 0; i < seconds * EventsPerSecond; i++)
        {
            written[audience.Log.Head + 1] = Stopwatch.GetTimestamp();
            audience.Log.Append(1);
            if (i % EventsPerSecond == EventsPerSecond - 1)
            {
                await each();
            }

            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until all have everything, and returns the 99th percentile of the delays since it was asked last.</summary>
    private static async Task<TimeSpan> DelayAsync(Audience audience, CountingClient[] viewers)
    {
        var head = audience.Log.Head;
        await Task.WhenAll(viewers.Select(viewer => viewer.UpToAsync(head)));
        var delays = viewers.SelectMany(viewer => viewer.TakeDelays()).Order().ToList();
        return delays[delays.Count * 99 / 100];
    }
}
