using System.Buffers.Binary;
using System.Collections.Concurrent;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Backends that want memory: how much of it they get. What is measured is the whole process's, so nothing else runs meanwhile.</summary>
[Collection(Alone.Name)]
public sealed class HostileMemoryTests
{
    [Theory]
    [InlineData(17u * 1024 * 1024)]
    [InlineData(int.MaxValue)]
    public async Task A_length_prefix_of_gigabytes_is_believed_by_nobody(uint length)
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Always(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await call.SayBytesAsync(new byte[1000], length);
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay 1", "error bad_event ended", "unsubscribed failed"], bridge.Told());
        Assert.Equal(["BadEvent", "BadEvent"], bridge.Causes);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * 1024 * 1024);
        await bridge.AssertLivesAsync();
        backend.Always(HostileHttp2Tests.HonestEnd);
        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bomb_is_refused_before_it_is_unpacked_also_where_it_lies_about_its_size(bool lies)
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        var bomb = HostileHttp2Tests.Gzip(new byte[48 * 1024 * 1024]);
        if (lies)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bomb.AsSpan(^4..), 1000);
        }

        backend.Always(async call =>
        {
            await call.AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"), ("grpc-encoding", "gzip"));
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await call.SayBytesAsync(bomb, flag: 1);
        });
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay 1", "error bad_event ended", "unsubscribed failed"], bridge.Told());
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 * 1024 * 1024);
        await bridge.AssertLivesAsync();
    }

    [Fact]
    public async Task Messages_that_are_announced_and_never_end_take_what_they_may_and_others_go_on()
    {
        const int Jobs = 50;
        const int Budget = 64 * 1024 * 1024;
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock: null, $"Gateway:Upstream:ArrivingMessageBytes={Budget}");
        var calls = new ConcurrentBag<RawCall>();
        backend.Always(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1));
            await call.SayBytesAsync(new byte[1000], length: 16_000_000);
            calls.Add(call);
        });
        var before = GC.GetTotalAllocatedBytes(precise: true);

        for (var job = 1; job <= Jobs; job++)
        {
            await bridge.Client.SubscribeAsync($"job-{job}", 0);
            await bridge.HeardAsync("subscribed", $"job-{job}");
        }

        await TestGateway.EventuallyAsync(() => calls.Count == Jobs, "all have been sent half a message");
        await bridge.AssertLivesAsync();
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Budget);

        // What they held is there again.
        backend.Always(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 2), Say.Replay([.. Say.Events(1, 1), Say.Completed(2)]));
        });
        await Task.WhenAll(calls.Select(call => call.ResetAsync(Http2Error.InternalError)));
        await bridge.HeardAsync("unsubscribed job_ended", $"job-{Jobs}");
    }

    [Fact]
    public async Task An_event_of_control_characters_is_refused_before_it_is_six_times_its_size()
    {
        var (told, allocated) = await ShowAsync(new string('\u0001', 4_000_000));

        Assert.Equal(["subscribed", "error bad_event ended", "unsubscribed failed"], told);
        Assert.InRange(allocated, 0, 200 * 1024 * 1024);
    }

    [Theory]
    [InlineData("x", 4_000_000)]
    [InlineData("\n", 4_000_000)]
    [InlineData("\"", 4_000_000)]
    [InlineData("\u00e9", 2_000_000)]
    [InlineData("\ud83d\ude00", 1_000_000)]
    public async Task An_event_at_its_limit_comes_through_whatever_its_text_is(string text, int times)
    {
        var (told, _) = await ShowAsync(string.Concat(Enumerable.Repeat(text, times)));

        Assert.Equal(["subscribed", "replay 1", "unsubscribed job_ended"], told);
    }

    /// <summary>What the client is told of a job whose last event has this text, and what the process allocated meanwhile.</summary>
    private static async Task<(IReadOnlyList<string> Told, long Allocated)> ShowAsync(string text)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        var last = Say.Completed(1);
        last.JobCompleted.ResultPromptId = text;
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(last)));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        return (bridge.Told(), GC.GetTotalAllocatedBytes(precise: true) - before);
    }
}
