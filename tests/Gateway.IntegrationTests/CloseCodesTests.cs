using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 7: why the gateway closes.</summary>
public sealed class CloseCodesTests
{
    [Fact]
    public async Task A_client_that_closes_gets_its_close_back_and_its_streams_are_cancelled()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed());

        await bridge.Client.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, bridge.Client.CloseStatus);
        await TestGateway.EventuallyAsync(() => bridge.Gateway is { UpstreamStreams: 0, Connections: 0 }, "nothing is left");
    }

    [Fact]
    public async Task A_client_that_vanishes_leaves_nothing_behind()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed());

        bridge.Client.Abort();

        await TestGateway.EventuallyAsync(
            () => bridge.Gateway is { UpstreamStreams: 0, Connections: 0 },
            "nothing is left within a second",
            TimeSpan.FromSeconds(1)
        );
    }

    [Fact]
    public async Task A_binary_frame_closes_with_1003()
    {
        await using var bridge = await Bridge.OpenAsync();

        await bridge.Client.SendBytesAsync([1, 2, 3], WebSocketMessageType.Binary);

        await bridge.Client.ClosedAsync();
        Assert.Equal(1003, (int?)bridge.Client.CloseStatus);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_closes_with_1007()
    {
        await using var bridge = await Bridge.OpenAsync();

        await bridge.Client.SendBytesAsync([.. "{\"type\":\""u8, 0xFF, .. "\"}"u8], WebSocketMessageType.Text);

        await bridge.Client.ClosedAsync();
        Assert.Equal(1007, (int?)bridge.Client.CloseStatus);
    }

    [Fact]
    public async Task What_is_not_WebSocket_closes_with_1002()
    {
        await using var bridge = await Bridge.OpenAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(bridge.Gateway.HttpUrl.Host, bridge.Gateway.HttpUrl.Port, TestContext.Current.CancellationToken);
        var stream = tcp.GetStream();
        var handshake =
            $"GET /ws/optimization HTTP/1.1\r\nHost: {bridge.Gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(handshake), TestContext.Current.CancellationToken);
        await ReadUntilAsync(stream, "\r\n\r\n"u8.ToArray());

        // A frame of one letter, masked as it must be, with reserved bits set.
        await stream.WriteAsync(new byte[] { 0xF1, 0x81, 0, 0, 0, 0, 0x41 }, TestContext.Current.CancellationToken);

        // 1002, in a close frame without a reason.
        await ReadUntilAsync(stream, [0x88, 0x02, 0x03, 0xEA]);
    }

    private static async Task ReadUntilAsync(NetworkStream stream, byte[] end)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        var read = new List<byte>();
        var buffer = new byte[1];
        while (!read.TakeLast(end.Length).SequenceEqual(end))
        {
            Assert.Equal(1, await stream.ReadAsync(buffer, deadline.Token));
            read.Add(buffer[0]);
        }
    }

    [Fact]
    public async Task A_message_over_the_limit_closes_with_1009_and_one_at_the_limit_does_not()
    {
        await using var bridge = await Bridge.OpenAsync();
        const string Ping = """{"type":"ping"}""";

        await bridge.Client.SendTextAsync(Ping.PadRight(32 * 1024));
        await bridge.Client.NextAsync("pong");
        await bridge.Client.SendTextAsync(Ping.PadRight((32 * 1024) + 1));

        await bridge.Client.ClosedAsync();
        Assert.Equal(1009, (int?)bridge.Client.CloseStatus);
    }

    [Fact]
    public async Task A_message_in_many_fragments_is_one_message()
    {
        await using var bridge = await Bridge.OpenAsync();
        foreach (var letter in "{\"type\":\"ping\""u8.ToArray())
        {
            await bridge.Client.SendBytesAsync([letter], WebSocketMessageType.Text, endOfMessage: false);
        }

        await bridge.Client.SendBytesAsync("}"u8.ToArray(), WebSocketMessageType.Text);

        await bridge.Client.NextAsync("pong");
    }

    [Fact]
    public async Task Ten_invalid_messages_in_a_row_close_with_4500_after_each_was_answered()
    {
        await using var bridge = await Bridge.OpenAsync();
        for (var i = 0; i < 9; i++)
        {
            await bridge.Client.SendTextAsync("nonsense");
        }

        await bridge.Client.SendTextAsync("""{"type":"ping"}""");
        for (var i = 0; i < 10; i++)
        {
            await bridge.Client.SendTextAsync("nonsense");
        }

        await bridge.Client.ClosedAsync();
        Assert.Equal(4500, (int?)bridge.Client.CloseStatus);
        Assert.Equal(19, bridge.Client.Received.Count(m => (string?)m["code"] == "invalid_message"));
    }

    [Fact]
    public async Task A_type_that_is_not_known_is_no_sign_of_a_bad_client()
    {
        await using var bridge = await Bridge.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await bridge.Client.SendTextAsync("""{"type":"tomorrow"}""");
        }

        var messages = await bridge.Client.SettleAsync();
        Assert.Equal(20, messages.Count(m => (string?)m["code"] == "unknown_type"));
    }

    [Fact]
    public async Task Too_many_messages_are_refused_and_going_on_closes_with_4429()
    {
        await using var bridge = await Bridge.OpenAsync(
            clock: null,
            "Gateway:Limits:MessagesPerSecond=1",
            "Gateway:Limits:MessageBurst=10"
        );
        try
        {
            for (var i = 0; i < 40; i++)
            {
                await bridge.Client.SendTextAsync("""{"type":"ping"}""");
            }
        }
        catch (WebSocketException)
        {
            // The gateway closed before all were sent, as it should.
        }

        await bridge.Client.ClosedAsync();
        Assert.Equal(4429, (int?)bridge.Client.CloseStatus);
        Assert.Contains(bridge.Client.Received, m => (string?)m["code"] == "rate_limited" && (bool)m["retryable"]!);
    }

    [Fact]
    public async Task At_shutdown_sockets_close_with_1012()
    {
        await using var bridge = await Bridge.OpenAsync();
        await bridge.SubscribeAsync(null, Say.Subscribed());

        await bridge.Gateway.StopAsync();

        await bridge.Client.ClosedAsync();
        Assert.Equal(1012, (int?)bridge.Client.CloseStatus);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_aborted_also_while_it_goes_on_sending()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Limits:StuckReaderTimeout=00:00:01");
        bridge.Backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                for (var id = 1; ; id++)
                {
                    var jobEvent = Say.Event(id);
                    jobEvent.Stage = new string('x', 10_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                }
            }
        );
        await using var stuck = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"job-1"}""");

        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 2, "both are here");
        for (var i = 0; bridge.Gateway.Connections == 2 && i < 100; i++)
        {
            await poll.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await SendOrGoneAsync(stuck);
        }

        Assert.Equal(1, bridge.Gateway.Connections);
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "its stream is gone");
        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
    }

    private static async Task SendOrGoneAsync(SlowClient client)
    {
        try
        {
            await client.SendAsync("""{"type":"tomorrow"}""");
        }
        catch (WebSocketException)
        {
            // Aborted: what the test waits for.
        }
    }
}
