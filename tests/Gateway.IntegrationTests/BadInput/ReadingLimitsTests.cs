using System.Buffers.Binary;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>What one connection may send, and how slowly: the settings under <c>Gateway:Limits</c>.</summary>
public sealed class ReadingLimitsTests
{
    private const string Ping = """{"type":"ping"}""";

    public static TheoryData<string, byte[]> Halves =>
        new()
        {
            { "a header", RawFrame.Message(Ping)[..1] },
            { "a header without its mask", RawFrame.Message(Ping)[..4] },
            { "a payload", RawFrame.Message(Ping)[..^1] },
            { "a fragment without the next", RawFrame.Of(RawFrame.Text, [.. "{"u8], fin: false) },
            { "a large frame", RawFrame.Of(RawFrame.Text, new byte[100], announced: 30_000) },
            { "a ping", RawFrame.Of(RawFrame.Ping, [1, 2, 3])[..^1] },
            { "a ping without a mask", RawFrame.Of(RawFrame.Ping, [], masked: false) },
            { "a close", RawFrame.Closing(1000)[..^1] },
            { "a close without a mask", RawFrame.Of(RawFrame.Close, [3, 0xE8], masked: false)[..^1] },
        };

    [Theory]
    [MemberData(nameof(Halves))]
    public async Task Half_a_message_and_then_silence_closes_with_4408_after_ten_seconds(string what, byte[] half)
    {
        Assert.NotEmpty(what);
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);
        await TargetGateway.AssertServesAsync(client);

        await client.SendAsync(half);
        var closing = client.ReadFrameAsync();
        var after = await clock.RunUntilAsync(() => closing.IsCompleted, TimeSpan.FromMinutes(1), "the gateway closes");

        Assert.Equal(4408, CodeOf(await closing));
        Assert.True(after >= TimeSpan.FromSeconds(10), $"It closed after {after}.");
        await bridge.Client.SettleAsync();
    }

    [Fact]
    public async Task A_message_that_trickles_closes_with_4408_though_something_always_comes()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);
        var closing = client.ReadFrameAsync();

        foreach (var part in RawFrame.Message(Ping.PadRight(1_000)).Chunk(1))
        {
            if (closing.IsCompleted)
            {
                break;
            }

            await client.SendAsync(part.AsMemory());
            await clock.RunForAsync(TimeSpan.FromSeconds(1));
        }

        var frame = await closing;
        Assert.Equal((4408, "a message took too long to arrive; come back"), (CodeOf(frame), ReasonOf(frame)));
    }

    [Fact]
    public async Task A_client_that_is_silent_between_messages_is_kept()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await bridge.Client.SettleAsync();

        await clock.RunForAsync(TimeSpan.FromSeconds(60));

        await bridge.Client.SettleAsync();
    }

    [Fact]
    public async Task After_4408_the_client_can_still_close_in_order()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock);
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);
        await client.SendAsync(RawFrame.Of(RawFrame.Text, [.. "{"u8], fin: false));
        var closing = client.ReadFrameAsync();
        await clock.RunUntilAsync(() => closing.IsCompleted, TimeSpan.FromMinutes(1), "the gateway closes");

        await client.SendAsync(
            (byte[])[.. RawFrame.Of(RawFrame.Continuation, [.. "}"u8]), .. RawFrame.Message(Ping), .. RawFrame.Closing(1000)]
        );

        // With the clock standing still, only the client's own close can have ended it.
        await client.EndedAsync();
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 1, "nothing is left of it");
    }

    [Theory]
    [InlineData("MessageTimeout=00:00:01", 4408)]
    [InlineData("FragmentsPerMessage=1", 1009)]
    [InlineData("MessageBytes=1024", 1009)]
    public async Task What_is_set_is_what_holds(string setting, int code)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, $"Gateway:Limits:{setting}");
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);

        // Three limits, one message: cut off, in two fragments, and of more than 1,024 bytes.
        await client.SendAsync(
            (byte[])
                [
                    .. RawFrame.Of(RawFrame.Text, new byte[1_000], fin: false),
                    .. RawFrame.Of(RawFrame.Continuation, new byte[1], announced: 100),
                ]
        );

        Assert.Equal(code, CodeOf(await client.ReadFrameAsync()));
    }

    [Fact]
    public async Task Two_invalid_messages_in_a_row_are_enough_where_that_is_set()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Limits:InvalidMessagesInARow=2");
        await using var client = await RawClient.UpgradeAsync(bridge.Gateway.HttpUrl);

        await client.SendAsync((byte[])[.. RawFrame.Message("1"), .. RawFrame.Message("2")]);
        await client.ReadFrameAsync();
        await client.ReadFrameAsync();

        var frame = await client.ReadFrameAsync();
        Assert.Equal((4500, "too many invalid messages in a row; the errors before said why"), (CodeOf(frame), ReasonOf(frame)));
    }

    [Fact]
    public async Task Headers_that_never_end_get_408()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Limits:RequestHeadersTimeout=00:00:01");
        await using var client = await RawClient.ConnectAsync(bridge.Gateway.HttpUrl);

        await client.SendAsync("GET /ws/optimization HTTP/1.1\r\nHost: x\r\n"u8.ToArray());

        Assert.Equal(408, (await client.ReadHttpAsync()).Status);
        await client.EndedAsync();
        await bridge.Client.SettleAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    public async Task A_connection_that_never_becomes_a_WebSocket_is_closed_when_it_is_idle(string request)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Limits:IdleHttpTimeout=00:00:01");
        await using var client = await RawClient.ConnectAsync(bridge.Gateway.HttpUrl);

        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(request));

        await client.EndedAsync();
        await bridge.Client.SettleAsync();
    }

    private static int CodeOf(RawFrame? frame) =>
        frame?.Opcode == RawFrame.Close
            ? BinaryPrimitives.ReadUInt16BigEndian(frame.Payload)
            : throw new InvalidOperationException($"{frame}");

    private static string ReasonOf(RawFrame? frame) => new RawFrame(0, frame!.Payload[2..]).PayloadText;
}
