using System.Buffers.Binary;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>Pings and pongs, which the WebSocket takes by itself: PROTOCOL.md sections 2, 7 and 9.</summary>
[Collection(Alone.Name)]
public sealed class ControlFloodTests
{
    private const int Tolerated = 200;

    [Theory]
    [InlineData(RawFrame.Ping, 0)]
    [InlineData(RawFrame.Ping, 125)]
    [InlineData(RawFrame.Pong, 0)]
    public async Task A_client_that_sends_control_frames_without_end_is_closed_with_4429(int opcode, int bytes)
    {
        await using var bridge = await Bridge.OpenAsync();
        await using var flood = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 2, "both are here");

        await flood.SendAsync(Enumerable.Repeat(RawFrame.Of(opcode, new byte[bytes]), 10_000).SelectMany(frame => frame).ToArray());
        var (pongs, close) = await UntilClosedAsync(flood);

        Assert.Equal(4429, BinaryPrimitives.ReadUInt16BigEndian(close.Payload));
        // What had been read with the one too many is still answered.
        Assert.InRange(pongs, 0, Tolerated + 4_096);
        await flood.DisposeAsync();
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 1, "nothing is left of it");
        await bridge.Client.SettleAsync();
    }

    [Fact]
    public async Task A_client_that_pings_every_second_between_its_messages_is_kept()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);

        for (var second = 0; second < 300; second++)
        {
            await client.SendAsync(RawFrame.Of(RawFrame.Ping, [1]));
            Assert.Equal(RawFrame.Pong, (await client.ReadFrameAsync())?.Opcode);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await TargetGateway.AssertServesAsync(client);
    }

    [Fact]
    public async Task A_burst_that_pauses_is_kept_and_takes_no_message_s_turn()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);

        for (var burst = 0; burst < 3; burst++)
        {
            await client.SendAsync(Enumerable.Repeat(RawFrame.Of(RawFrame.Ping, []), Tolerated - 1).SelectMany(frame => frame).ToArray());
            for (var i = 0; i < Tolerated - 1; i++)
            {
                Assert.Equal(RawFrame.Pong, (await client.ReadFrameAsync())?.Opcode);
            }

            await client.SendAsync(Enumerable.Repeat(RawFrame.Message("""{"type":"ping"}"""), 100).SelectMany(frame => frame).ToArray());
            for (var i = 0; i < 100; i++)
            {
                Assert.Contains("pong", (await client.ReadFrameAsync())?.PayloadText, StringComparison.Ordinal);
            }

            clock.Advance(TimeSpan.FromSeconds(10));
        }
    }

    private static async Task<(int Pongs, RawFrame Close)> UntilClosedAsync(RawClient client)
    {
        var pongs = 0;
        while (await client.ReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == RawFrame.Close)
            {
                return (pongs, frame);
            }

            pongs++;
        }

        throw new InvalidOperationException("It ended without a close frame.");
    }
}
