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

    [Fact]
    public async Task A_compressed_message_that_unfolds_beyond_the_limit_is_cut_there()
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock: null, "Gateway:Upstream:MaxMessageBytes=4194304");
        var bomb = HostileHttp2Tests.Gzip(new byte[48 * 1024 * 1024]);
        backend.Always(async call =>
        {
            await call.AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"), ("grpc-encoding", "gzip"));
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await call.SayBytesAsync(bomb, flag: 1);
        });
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed", TimeSpan.FromSeconds(30));

        Assert.Equal(["subscribed", "replay 1", "error bad_event ended", "unsubscribed failed"], bridge.Told());
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 40 * 1024 * 1024);
        await bridge.AssertLivesAsync();
    }
}
