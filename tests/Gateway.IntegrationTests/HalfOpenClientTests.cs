using System.Diagnostics;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// Clients whose network has gone without a word. Pings are the library's, which takes no clock of ours: these tests run on the real one, with
/// a second where the default has twenty.
/// </summary>
public sealed class HalfOpenClientTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_client_that_answers_no_ping_is_given_up()
    {
        await using var bridge = await OpenAsync();
        await using var dead = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);
        await dead.SendAsync(RawFrame.Message("""{"type":"subscribe","jobId":"job-1"}"""));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 1, "its stream is open");

        Assert.Equal(RawFrame.Ping, await FirstPingAsync(dead));
        await dead.EndedAsync();

        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 1, "only the other one is here");
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "its stream is gone");
        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task A_client_that_answers_pings_is_kept_however_idle_it_is()
    {
        await using var bridge = await OpenAsync();
        await using var idle = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);

        for (var watch = Stopwatch.StartNew(); watch.Elapsed < 4 * Interval; )
        {
            var frame = await idle.ReadFrameAsync();
            Assert.Equal(RawFrame.Ping, frame?.Opcode);
            await idle.SendAsync(RawFrame.Of(RawFrame.Pong, frame!.Payload));
        }

        await idle.SendAsync(RawFrame.Message("""{"type":"ping"}"""));
        Assert.Contains("pong", await TextAsync(idle), StringComparison.Ordinal);
    }

    private static async Task<Bridge> OpenAsync()
    {
        var bridge = await Bridge.OpenAsync(clock: null, $"Gateway:Limits:PingInterval={Interval}");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0)));
        return bridge;
    }

    private static async Task<int?> FirstPingAsync(RawClient client)
    {
        var frame = await client.ReadFrameAsync();
        return frame?.Opcode == RawFrame.Text ? (await client.ReadFrameAsync())?.Opcode : frame?.Opcode;
    }

    private static async Task<string> TextAsync(RawClient client)
    {
        while (await client.ReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == RawFrame.Text)
            {
                return frame.PayloadText;
            }
        }

        return "the connection ended";
    }
}
