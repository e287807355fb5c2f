using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Tests.Backends;
using OptimizationGateway.Gateway.Tests.Subscriptions;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>A stream that isn't read takes its window, which is counted from when its place is lent until it is read on or given up.</summary>
public sealed class HeldBackTests : IAsyncDisposable
{
    private const long Much = 65_000_000;

    private readonly HeldMemory memory = new(100_000_000);
    private readonly AbsentJobs jobs;
    private readonly HeldBack heldBack;
    private readonly TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long window;

    public HeldBackTests()
    {
        jobs = new AbsentJobs(held: memory);
        var start = jobs.Source.StartOf(AbsentJobs.Subscribe("away-1"), historyOnly: false, new TestOwner(), timeline: null);
        var watcher = jobs.Source.Feeds.NewWatch(start)!;
        window = watcher.WindowBytes;
        heldBack = new HeldBack(watcher, jobs.Clock);
    }

    public ValueTask DisposeAsync() => jobs.DisposeAsync();

    [Fact]
    public async Task With_memory_to_spare_it_is_given_up_after_ten_seconds()
    {
        Assert.Equal(new UpstreamOptions().StreamWindowBytes, window);
        var waiting = heldBack.WaitAsync(room.Task, CancellationToken.None);
        await PassAsync(seconds: 0.25, holds: window);
        for (var i = 0; i < 9; i++)
        {
            await PassAsync(seconds: 1, holds: window);
        }

        await PassAsync(seconds: 0.75, holds: 0);
        Assert.False(waiting.IsCompleted);
        room.SetResult();
        await waiting;
    }

    [Fact]
    public async Task While_memory_is_short_it_is_given_up_with_its_place_and_its_window_is_never_counted()
    {
        memory.Add(Much);
        var waiting = heldBack.WaitAsync(room.Task, CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            await PassAsync(seconds: 0.25, holds: Much);
        }

        Assert.False(waiting.IsCompleted);
        room.SetResult();
        await waiting;
    }

    [Fact]
    public async Task When_memory_becomes_short_it_is_given_up_within_a_second()
    {
        var waiting = heldBack.WaitAsync(room.Task, CancellationToken.None);
        await PassAsync(seconds: 0.25, holds: window);
        memory.Add(Much);
        await PassAsync(seconds: 0.5, holds: Much + window);
        await PassAsync(seconds: 0.5, holds: Much);
        room.SetResult();
        await waiting;
    }

    [Fact]
    public async Task Once_there_is_room_its_window_takes_nothing()
    {
        var waiting = heldBack.WaitAsync(room.Task, CancellationToken.None);
        await PassAsync(seconds: 0.25, holds: window);
        room.SetResult();
        await waiting;
        Assert.Equal(0, memory.Bytes);
    }

    /// <summary>Lets time pass, and what it brings about happen.</summary>
    private Task PassAsync(double seconds, long holds)
    {
        jobs.Clock.Advance(TimeSpan.FromSeconds(seconds));
        return Until.TrueAsync(() => Task.FromResult(memory.Bytes == holds), $"{holds} bytes are held and not {memory.Bytes}");
    }
}
