using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>What a backend does with streams that are many, slow, silent or gone.</summary>
public sealed class ManyStreamsTests
{
    private const int Streams = 150;
    private const int Stuck = 20;

    // Twenty replays of a million events are a gigabyte on the wire.
    private const long MuchMemory = 400L * 1024 * 1024;

    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task A_hundred_and_fifty_watches_at_once_all_hear_the_same(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.StartJobAsync(iterations: 100_000, delayMs: 100);
        using var stop = new CancellationTokenSource();
        var watches = Enumerable
            .Range(0, Streams)
            .Select(_ => backend.WatchUntil(new() { JobId = job, AfterEventId = 0 }, stop.Token))
            .ToList();

        foreach (var watch in watches)
        {
            Assert.Equal(WatchJobResponse.MessageOneofCase.Subscribed, (await ExampleBackend.NextAsync(watch)).MessageCase);
            Assert.Equal(WatchJobResponse.MessageOneofCase.Replay, (await ExampleBackend.NextAsync(watch)).MessageCase);
        }

        foreach (var watch in watches)
        {
            Assert.Equal(WatchJobResponse.MessageOneofCase.Event, (await ExampleBackend.NextAsync(watch)).MessageCase);
        }

        Assert.Equal(Streams, await backend.WatchesAsync());
        await stop.CancelAsync();
        await NoneIsLeftAsync(backend);
        watches.ForEach(watch => watch.Dispose());
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_cancelled_watch_of_a_silent_job_ends_without_waiting_for_an_event_or_a_heartbeat(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language, heartbeat: 600);
        var job = await backend.StartJobAsync(iterations: 1, delayMs: 600_000);
        using var stop = new CancellationTokenSource();
        using var watch = backend.WatchUntil(new() { JobId = job, AfterEventId = 0 }, stop.Token);
        await ExampleBackend.NextAsync(watch);
        await ExampleBackend.NextAsync(watch);
        Assert.Equal(1, await backend.WatchesAsync());

        await stop.CancelAsync();

        await NoneIsLeftAsync(backend);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task Watchers_that_read_nothing_hold_it_back_and_cost_no_memory(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        using var stop = new CancellationTokenSource();
        var watches = new List<IDisposable>();
        for (var i = 0; i < Stuck; i++)
        {
            var watch = backend.WatchUntil(new() { JobId = "load-1000000", AfterEventId = 0 }, stop.Token);
            watches.Add(watch);
            await ExampleBackend.NextAsync(watch);
        }

        // Held back it does nothing. One that fills its memory instead is busy until it has sent, or is out of memory.
        var cpu = TimeSpan.Zero;
        var still = 0;
        await Until.TrueAsync(
            () =>
            {
                var used = backend.Process.Cpu;
                still = used - cpu < TimeSpan.FromMilliseconds(30) ? still + 1 : 0;
                cpu = still == 0 ? used : cpu;
                return Task.FromResult(still >= 10);
            },
            "it waits"
        );

        Assert.Equal(Stuck, await backend.WatchesAsync());
        Assert.InRange(backend.Process.Memory, 1, MuchMemory);
        TestContext.Current.SendDiagnosticMessage("{0}: {1} MB with {2} stuck", language, backend.Process.Memory >> 20, Stuck);
        await stop.CancelAsync();
        await NoneIsLeftAsync(backend);
        watches.ForEach(watch => watch.Dispose());
    }

    private static Task NoneIsLeftAsync(ExampleBackend backend) =>
        Until.TrueAsync(async () => await backend.WatchesAsync() == 0, "no watch is left");
}
