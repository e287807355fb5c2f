using System.Net.Sockets;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>PROTOCOL.md section 5, each promise by its name, for readers over HTTP.</summary>
public sealed class HttpPromisesTests
{
    private const string Mode = "&live=long-poll";

    [Fact]
    public async Task Ordered_ids_strictly_increase_whatever_the_backend_sends()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        JobEvent[] mess = [Say.Event(3), Say.Event(1), Say.Event(3), Say.Event(5), Say.Event(4), Say.Event(7)];
        bridge.Backend.Always(
            ScriptedBackend.SayAndEnd(Say.Subscribed(last: 7), Say.Replay(mess), Say.Live(Say.Event(6)), Say.Live(Say.Completed(8)))
        );

        await using var reader = await bridge.StreamAsync();
        await reader.ToEndAsync();
        var first = await bridge.GetAsync($"?offset=-1{Mode}");

        Assert.Equal([3, 5, 7, 8], reader.Ids);
        Assert.Equal([3, 5, 7], first.Ids.Take(3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reliable_unique_resumable_a_restart_of_the_gateway_loses_and_repeats_nothing(bool isStream)
    {
        const int Restarts = 3;
        var log = new SharedLog();
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        var (ids, offset, head) = (new List<long>(), "-1", log.Append(5));
        for (var restart = 0; restart <= Restarts; restart++)
        {
            await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, "Gateway:Drain:Time=00:00:00");
            using var http = new HttpClient { BaseAddress = gateway.HttpUrl, Timeout = TestClient.Deadline };
            offset = await (isStream ? FollowAsync(http, offset, head, ids) : PollAsync(http, offset, head, ids));
            head = log.Append(3);
            offset = await (isStream ? FollowAsync(http, offset, head, ids) : PollAsync(http, offset, head, ids));
            head = log.Append(4);
        }

        Assert.Equal(Enumerable.Range(1, (int)head - 4).Select(id => (long)id), ids);
    }

    [Fact]
    public async Task Reliable_a_broken_backend_stream_is_reopened_at_the_cursor_and_the_reader_sees_nothing()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(
            ScriptedBackend.SayAndFail(
                Grpc.Core.StatusCode.Unavailable,
                Say.Subscribed(last: 1),
                Say.Replay(Say.Event(1)),
                Say.Live(Say.Event(2))
            )
        );
        bridge.Backend.Next(Say.Subscribed(last: 4), Say.Replay(Say.Events(2, 4)), Say.Live(Say.Completed(5)));
        await using var reader = await bridge.StreamAsync();

        await reader.ToEndAsync();

        Assert.Equal([1, 2, 3, 4, 5], reader.Ids);
        Assert.DoesNotContain(reader.Controls, control => control.ContainsKey("code"));
    }

    [Fact]
    public async Task Readers_of_all_kinds_share_one_stream_to_the_backend()
    {
        var log = new SharedLog();
        log.Append(2);
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(log.ServeAsync);
        await using var socket = await bridge.Gateway.ConnectAsync();
        await socket.SubscribeAsync("job-1", 0);
        await socket.UntilAsync("replay");
        await bridge.Gateway.WaitsAsync();

        await using var reader = await bridge.StreamAsync();
        await reader.UntilAsync(2);
        var waiting = bridge.GetAsync($"?offset={EventsBridge.Offset(2)}{Mode}");
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Views().Count(view => view.Seat is not null) == 3, "three share it");
        log.Append(1);
        await reader.UntilAsync(3);
        var answer = await waiting;

        Assert.Equal([3], answer.Ids);
        Assert.Equal([1, 2, 3], reader.Ids);
        Assert.Single(bridge.Backend.Requests);
    }

    [Fact]
    public async Task Bookmarkable_a_reader_from_now_on_goes_on_from_where_now_was()
    {
        var log = new SharedLog();
        log.Append(5);
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(log.ServeAsync);

        var now = await bridge.GetAsync("?offset=now");
        log.Append(2);
        var answer = await bridge.GetAsync($"?offset={now["Stream-Next-Offset"]}");

        Assert.Equal([6, 7], answer.Ids);
    }

    [Fact]
    public async Task Lossless_when_slow_a_stuck_reader_is_aborted_and_its_backend_was_held_back()
    {
        var clock = new Clock();
        var sent = 0;
        await using var bridge = await EventsBridge.OpenAsync(clock, "Gateway:Limits:OutboxBytesPerSubscription=65536");
        bridge.Backend.Always(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                await stream.WriteAsync(Say.Replay(), stopped);
                while (true)
                {
                    await stream.WriteAsync(Say.Live(Large(sent + 1)), stopped);
                    Interlocked.Increment(ref sent);
                }
            }
        );
        using var socket = await StuckAsync(bridge.Gateway.HttpUrl);

        await TestGateway.EventuallyAsync(() => bridge.Gateway.QueuedBytes > 40_000, "the outbox is full");
        var after = await clock.RunUntilAsync(() => bridge.Gateway.Connections == 0, TimeSpan.FromSeconds(45), "the reader is gone");

        Assert.InRange(after, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(41));
        Assert.InRange(sent * 10_000L, 65_536, 3_000_000);
    }

    [Fact]
    public async Task Drain_ends_a_stream_with_a_time_to_come_back_and_a_long_poll_with_503()
    {
        var log = new SharedLog();
        log.Append(2);
        await using var bridge = await EventsBridge.OpenAsync(clock: null, "Gateway:Drain:Time=00:00:00");
        bridge.Backend.Always(log.ServeAsync);
        await using var client = await RawClient.ConnectAsync(bridge.Gateway.HttpUrl);
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET {EventsBridge.Job}?offset=-1&live=sse HTTP/1.0\r\nHost: localhost\r\n\r\n"));
        var waiting = bridge.GetAsync($"?offset={EventsBridge.Offset(2)}{Mode}");
        await TestGateway.EventuallyAsync(
            () => bridge.Gateway.Views().Count(view => view is { Seat: not null, Lane.QueuedMessages: 0 }) == 2,
            "both wait"
        );

        await bridge.Gateway.StopAsync();
        var text = Encoding.UTF8.GetString(await client.ReadRestAsync());
        var answer = await waiting;

        Assert.Matches(
            "\nretry: [0-9]{4}\nid: 0000000000000002_ZTE\nevent: control\ndata:.*\"code\":\"draining\".*\"retryable\":true",
            text
        );
        Assert.Equal((503, "draining"), (answer.Status, answer.Code));
        Assert.NotNull(answer["Retry-After"]);
    }

    private static async Task<string> PollAsync(HttpClient http, string offset, long head, List<long> ids)
    {
        while (ids.Count == 0 || ids[^1] < head)
        {
            using var response = await http.GetAsync($"{EventsBridge.Job}?offset={offset}{Mode}");
            var answer = await EventsReply.ReadAsync(response);
            Assert.Equal(200, answer.Status);
            ids.AddRange(answer.Ids);
            offset = answer["Stream-Next-Offset"]!;
        }

        return offset;
    }

    private static async Task<string> FollowAsync(HttpClient http, string offset, long head, List<long> ids)
    {
        await using var reader = await EventsReader.OpenAsync(http, $"{EventsBridge.Job}?offset={offset}&live=sse");
        await reader.UntilAsync(head);
        ids.AddRange(reader.Ids);
        return reader.Parser.LastEventId;
    }

    private static JobEvent Large(int id)
    {
        var jobEvent = Say.Event(id);
        jobEvent.Details = new Struct { Fields = { ["text"] = Value.ForString(new string('x', 10_000)) } };
        return jobEvent;
    }

    /// <summary>Asks for a stream and reads nothing of it.</summary>
    private static async Task<Socket> StuckAsync(Uri url)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        await socket.ConnectAsync(url.Host, url.Port);
        var request = $"GET {EventsBridge.Job}?offset=-1&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }
}
