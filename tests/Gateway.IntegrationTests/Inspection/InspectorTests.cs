using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Grpc.Core;
using OptimizationGateway.Gateway.IntegrationTests.Security;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Inspection;

/// <summary>"Why did this viewer miss it?": whether what the inspector says is so.</summary>
public sealed class InspectorTests
{
    private const int EventBytes = 4_000;

    [Fact]
    public async Task A_viewer_that_has_everything_is_seen_with_who_it_is_where_it_stands_and_what_it_got()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await using var page = await TestClient.ConnectAsync(
            bridge.Gateway.SocketUrl,
            options =>
            {
                options.SetRequestHeader("User-Agent", "Browser/1 (test)");
                options.SetRequestHeader("Origin", bridge.Gateway.HttpUrl.GetLeftPart(UriPartial.Authority));
            }
        );
        bridge.Backend.Next(Say.Subscribed(last: 7), Say.Replay(Say.Events(6, 7)), Say.Live(Say.Event(9, previous: 7)));
        await page.SubscribeAsync("job/1 ü", 5);
        await page.UntilAsync("event");

        var job = await inspector.UntilAsync(
            "inspector/jobs/job%2F1%20%C3%BC",
            read => (long?)read["watches"]![0]!["subscription"]!["cursor"] == 9
        );
        Assert.Equal(("job/1 ü", "test", 9L), ((string?)job["jobId"], (string?)job["backend"], (long?)job["head"]));
        var watch = job["watches"]!.AsArray().Single()!;
        var who = watch["who"]!;
        Assert.Equal(("127.0.0.1", "Browser/1 (test)"), ((string?)who["address"], (string?)who["userAgent"]));
        Assert.Equal("websocket", (string?)who["transport"]);
        Assert.Equal(bridge.Gateway.HttpUrl.GetLeftPart(UriPartial.Authority), (string?)who["origin"]);
        var subscription = watch["subscription"]!.AsObject();
        Assert.Equal("current", (string?)subscription["condition"]);
        Assert.Equal((5L, 9L, 0L), ((long?)subscription["afterEventId"], (long?)subscription["head"], (long?)subscription["lagEvents"]));
        Assert.Equal((0d, Say.Epoch), ((double?)subscription["lagSeconds"], (string?)subscription["epoch"]));
        Assert.Equal((0, 3L), ((int?)subscription["queue"]!["bytes"], (long?)subscription["sent"]!["events"]));
        var upstream = subscription["upstream"]!;
        Assert.Equal(("test", "open", 1), ((string?)upstream["backend"], (string?)upstream["state"], (int?)upstream["streams"]));
        Assert.Equal(bridge.Backend.Url.Authority, (string?)upstream["replica"]);

        var detail = await inspector.ReadAsync($"inspector/connections/{watch["connectionId"]}");
        Assert.Equal(["connected", "subscribe_asked 5", "subscribed 7"], TimelineOf(detail));
        Assert.Equal((1L, 3L), ((long?)detail["messagesReceived"], (long?)detail["messagesSent"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_reader_is_told_from_the_head_that_its_neighbour_has_reached(bool sharesStream)
    {
        await using var bridge = await Bridge.OpenAsync(
            clock: null,
            [.. InspectorClient.Settings, "Gateway:Limits:StuckReaderTimeout=00:01:00", $"Gateway:Feeds:Shared={sharesStream}"]
        );
        using var inspector = new InspectorClient(bridge.Gateway);
        const int Events = 400;
        var firstWasRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bridge.Backend.Always(
            async (request, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: request.AfterEventId), stopped);
                await stream.WriteAsync(Say.Replay(), stopped);
                for (var id = request.AfterEventId + 1; id <= Events; id++)
                {
                    var large = Say.Event(id, previous: id - 1);
                    large.Stage = new string('x', EventBytes);
                    await stream.WriteAsync(Say.Live(large), stopped);

                    // Alone, or it could be in one write with what the slow reader never takes, and nothing would be known to be sent.
                    await firstWasRead.Task.WaitAsync(stopped);
                }

                await ScriptedBackend.SilenceAsync(stopped);
            }
        );
        await using var slow = await SlowClient.ConnectAsync(bridge.Gateway.SocketUrl);
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1","afterEventId":0}""");
        Assert.Equal([1], await slow.ReadEventIdsAsync(1));
        firstWasRead.SetResult();
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync(_ => bridge.Client.EventIds("job-1").Count == Events);

        var job = await inspector.UntilAsync(
            "inspector/jobs/job-1?sort=lag",
            read =>
                (string?)read["watches"]![0]!["subscription"]!["condition"] == "slow_reader" && (int?)read["conditions"]!["current"] == 1
        );
        Assert.Equal(Events, (long?)job["head"]);
        var (stuck, free) = (job["watches"]![0]!["subscription"]!, job["watches"]![1]!["subscription"]!);
        Assert.Equal(Events, (long?)free["cursor"]);

        // What it lacks: what waits in its queue, and what wasn't read for it; its neighbour knows of that.
        var (cursor, queued) = ((long)stuck["cursor"]!, (long)stuck["queue"]!["lastEventId"]!);
        Assert.InRange(cursor, 1, queued - 1);
        Assert.Equal(Events - cursor, (long?)stuck["lagEvents"]);
        Assert.Equal(cursor, (long?)stuck["sent"]!["events"]);
        Assert.InRange((double)stuck["lagSeconds"]!, 1, 60);
        if (!sharesStream)
        {
            // In a shared stream what waits for it waits for its neighbour too, and has no queue.
            Assert.InRange(queued, cursor + 1, Events - 1);
            Assert.InRange((int)stuck["queue"]!["bytes"]!, 400_000, 512 * 1024);
            Assert.True((bool)stuck["queue"]!["isFull"]!);
        }

        var list = await inspector.ReadAsync("inspector/connections?slow=true");
        Assert.Equal((1, 2), ((int?)list["matched"], (int?)list["summary"]!["connections"]));
        Assert.Equal((string?)job["watches"]![0]!["connectionId"], (string?)list["connections"]![0]!["id"]);

        // It reads on: nothing waits for it any more.
        await slow.ReadEventIdsAsync(Events - 1);
        await inspector.UntilAsync("inspector/jobs/job-1", read => (int?)read["conditions"]!["current"] == 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_outage_is_seen_while_it_lasts_and_its_reopens_afterwards(bool sharesStream)
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock, [.. InspectorClient.Settings, $"Gateway:Feeds:Shared={sharesStream}"]);
        using var inspector = new InspectorClient(bridge.Gateway);
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.Unavailable));
        bridge.Backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2))));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await clock.RunUntilAsync(() => bridge.Client.Received.Any(IsOutage), TimeSpan.FromSeconds(10), "the client was told");

        var away = await inspector.SubscriptionAsync("job-1");
        Assert.Equal(("backend_away", "waiting"), ((string?)away["condition"], (string?)away["state"]));
        Assert.Equal("backend_unavailable", (string?)away["lastError"]!["code"]);
        Assert.Equal("Unavailable", (string?)away["upstream"]!["lastBreak"]!["cause"]);
        Assert.InRange((double)away["upstream"]!["outageSeconds"]!, 2.9, 10);
        Assert.Equal((2L, 2L), ((long?)away["cursor"], (long?)away["head"]));

        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 3), Say.Replay(Say.Event(3, previous: 2))));
        await clock.RunUntilAsync(() => bridge.Client.EventIds("job-1").Count == 3, TimeSpan.FromSeconds(10), "it is back");

        var back = (await inspector.UntilAsync("inspector/jobs/job-1", read => (int?)read["conditions"]!["current"] == 1))["watches"]![0]!;
        var upstream = back["subscription"]!["upstream"]!;
        Assert.Null(upstream["outageSeconds"]);
        Assert.Equal(bridge.Requests.Count, (int?)upstream["streams"]);
        Assert.Equal(bridge.Requests.Count - 1, (int?)upstream["reopens"]!["Unavailable"]);
        Assert.Equal("Unavailable", (string?)upstream["lastBreak"]!["cause"]);
        var timeline = TimelineOf(await inspector.ReadAsync($"inspector/connections/{back["connectionId"]}"));
        Assert.Equal("subscribed 2", timeline[2]);
        Assert.Contains("error_sent backend_unavailable", timeline);

        // A stream that is shared is in the timelines of all its viewers.
        Assert.Equal("stream_broke Unavailable", timeline[3]);
        Assert.Equal("stream_resumed 2", timeline[^1]);
        Assert.Equal(sharesStream ? 1 : null, (int?)back["subscription"]!["feed"]?["viewers"]);
    }

    [Fact]
    public async Task What_could_not_be_opened_is_remembered_with_the_error_that_the_client_got()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "100"), ("latest-event-id", "200")));
        await bridge.Client.SubscribeAsync("job-1", 5);
        await bridge.Client.NextAsync("error");
        await bridge.Client.SendTextAsync("nonsense");
        await bridge.Client.NextAsync("error");

        var subscription = await inspector.SubscriptionAsync("job-1");
        Assert.Equal(("failed", "failed"), ((string?)subscription["condition"], (string?)subscription["ended"]));
        Assert.Equal("history_truncated", (string?)subscription["lastError"]!["code"]);
        Assert.Equal("OutOfRange", (string?)subscription["upstream"]!["lastBreak"]!["cause"]);
        var detail = await inspector.ReadAsync($"inspector/connections/{await inspector.ConnectionOfAsync("job-1")}");
        Assert.Equal(
            ["connected", "subscribe_asked 5", "stream_broke OutOfRange", "error_sent history_truncated", "error_sent invalid_message"],
            TimelineOf(detail)
        );
    }

    [Fact]
    public async Task An_epoch_that_is_no_UTF_8_is_seen_as_what_broke_the_watch()
    {
        await using var backend = RawBackend.Start();
        await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(gateway);
        backend.Always(async call =>
        {
            await call.AnswerAsync();
            // A `subscribed` whose epoch is the bytes FF FE.
            await call.SayBytesAsync([0x0A, 4, 0x0A, 2, 0xFF, 0xFE]);
        });
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("error");

        var subscription = await inspector.SubscriptionAsync("job-1");

        Assert.Equal(("failed", "bad_event"), ((string?)subscription["condition"], (string?)subscription["lastError"]!["code"]));
        Assert.Equal("BadEvent", (string?)subscription["upstream"]!["lastBreak"]!["cause"]);
        Assert.Null(subscription["epoch"]);
    }

    [Fact]
    public async Task A_seek_starts_anew_with_its_own_numbers()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 9), Say.Replay(Say.Events(1, 9)));
        await bridge.Client.NextAsync("replay");
        await bridge.SubscribeAsync(3, Say.Subscribed(last: 9), Say.Replay(Say.Events(4, 5)), Say.Replay(hasMore: true));
        await bridge.Client.NextAsync("replay");

        var sought = await inspector.UntilAsync(
            "inspector/jobs/job-1",
            read => (long?)read["watches"]![0]!["subscription"]!["cursor"] == 5
        );
        var subscription = sought["watches"]![0]!["subscription"]!;
        Assert.Equal((2L, 4L), ((long?)subscription["sent"]!["events"], (long?)subscription["lagEvents"]));
    }

    [Theory]
    [InlineData(true, 1012)]
    [InlineData(false, 4504)]
    public async Task An_operator_closes_one_connection_and_the_others_stay(bool comeBack, int code)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2))));
        await using var other = await bridge.Gateway.ConnectAsync();
        await bridge.Client.SubscribeAsync("job-1", 0);
        await other.SubscribeAsync("job-2", 0);
        await bridge.Client.UntilAsync("replay");
        await other.UntilAsync("replay");
        var id = await inspector.ConnectionOfAsync("job-1");

        var (status, answer) = await inspector.CloseAsync(id, new { comeBack });
        Assert.Equal((HttpStatusCode.Accepted, code), (status, (int?)answer["closeCode"]));
        await bridge.Client.ClosedAsync();
        Assert.Equal((WebSocketCloseStatus)code, bridge.Client.CloseStatus);
        Assert.Equal("pong", (string?)(await other.SettleAsync())[^1]["type"]);

        var ended = await inspector.UntilAsync($"inspector/connections/{id}", read => (string?)read["state"] == "ended");
        Assert.Equal(("ClosedByOperator", code), ((string?)ended["end"]!["reason"], (int?)ended["end"]!["closeCode"]));
        var last = ended["subscriptions"]!.AsArray().Single()!;
        Assert.Equal(("job-1", 2L), ((string?)last["jobId"], (long?)last["cursor"]));
        Assert.Null(last["state"]);
        Assert.Null(last["headNow"]);
        await other.SubscribeAsync("job-1", 0);
        await other.UntilAsync("replay");
        var later = await inspector.ReadAsync($"inspector/connections/{id}");
        Assert.Equal(2, (long?)later["subscriptions"]![0]!["headNow"]);
        Assert.Equal("ending ClosedByOperator", TimelineOf(ended)[^1]);
        Assert.Equal("already_ending", (string?)(await inspector.CloseAsync(id, new { comeBack })).Body["code"]);
        Assert.Contains(
            bridge.Gateway.Log.GetSnapshot(),
            record => record.Message == $"Inspector: Gateway:Inspector:Key at 127.0.0.1 closed connection {id} of 127.0.0.1 with {code}."
        );
        Assert.Contains(
            bridge.Gateway.Log.GetSnapshot(),
            record => record.Message.StartsWith($"Connection {id} ended after", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_last_that_ended_are_remembered_and_no_more_than_that()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, [.. InspectorClient.Settings, "Gateway:Inspector:EndedConnections=3"]);
        using var inspector = new InspectorClient(bridge.Gateway);
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Event(1))));
        for (var i = 0; i < 5; i++)
        {
            await using var client = await bridge.Gateway.ConnectAsync();
            await client.SubscribeAsync($"job-{i}", 0);
            await client.UntilAsync("replay");
            await client.CloseAsync();
            await inspector.UntilAsync($"inspector/ended?job=job-{i}", read => (int?)read["matched"] == 1);
        }

        var ended = await inspector.ReadAsync("inspector/ended?limit=2");
        Assert.Equal(3, (int?)ended["matched"]);
        Assert.Equal(["job-4", "job-3"], JobsOf(ended));
        Assert.Equal(["job-2"], JobsOf(await inspector.ReadAsync($"inspector/ended?limit=2&cursor={ended["next"]}")));
        Assert.Equal("ClientClosed", (string?)ended["connections"]![0]!["end"]!["reason"]);

        static List<string> JobsOf(JsonObject page) =>
            [.. page["connections"]!.AsArray().Select(one => (string)one!["jobs"]![0]!["jobId"]!)];
    }

    [Fact]
    public async Task A_thousand_connections_are_paged_without_one_twice_or_left_out()
    {
        const int Count = 1_000;
        await using var bridge = await Bridge.OpenAsync(
            clock: null,
            [.. InspectorClient.Settings, "Gateway:Limits:NewConnectionsPerSecond=100000"]
        );
        using var inspector = new InspectorClient(bridge.Gateway);
        var clients = await Task.WhenAll(Enumerable.Range(1, Count - 1).Select(_ => bridge.Gateway.ConnectAsync()));
        try
        {
            await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == Count, "all are here");
            foreach (var order in new[] { "sort=since&order=asc", "sort=queued", "" })
            {
                var ids = new List<string>();
                string? next = null;
                do
                {
                    var page = await inspector.ReadAsync(
                        $"inspector/connections?limit=300&{order}{(next is null ? "" : $"&cursor={next}")}"
                    );
                    Assert.Equal(Count, (int?)page["matched"]);
                    ids.AddRange(page["connections"]!.AsArray().Select(one => (string)one!["id"]!));
                    next = (string?)page["next"];
                } while (next is not null);

                Assert.Equal(Count, ids.Count);
                Assert.Equal(Count, ids.Distinct(StringComparer.Ordinal).Count());
            }
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task A_caller_is_shown_by_the_name_that_its_token_says_and_never_by_the_token()
    {
        using var keys = new KeyFolder();
        await using var gateway = await TestGateway.StartAsync(
            new Uri("http://127.0.0.1:9"),
            time: null,
            [.. InspectorClient.Settings, .. JwtText.Settings, keys.PemSetting]
        );
        using var inspector = new InspectorClient(gateway);
        var token = JwtText.Make(keys.Ec, claims => claims["sub"] = "alice");
        await using var alice = await TokenGateway.ConnectAsync(gateway, token);
        await using var bob = await TokenGateway.ConnectAsync(gateway, JwtText.Make(keys.Rsa, claims => claims["sub"] = "bob"));
        await alice.SettleAsync();
        await bob.SettleAsync();

        var found = await inspector.ReadAsync("inspector/connections?caller=ali*");

        Assert.Equal(("alice", 1), ((string?)found["connections"]![0]!["who"]!["name"], (int?)found["matched"]));
        Assert.DoesNotContain(token.Split('.')[2], found.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_that_are_turned_away_push_nobody_else_out_of_those_that_are_remembered()
    {
        using var keys = new KeyFolder();
        await using var gateway = await TestGateway.StartAsync(
            new Uri("http://127.0.0.1:9"),
            time: null,
            [.. InspectorClient.Settings, .. JwtText.Settings, keys.PemSetting, "Gateway:Inspector:EndedConnections=8"]
        );
        using var inspector = new InspectorClient(gateway);
        for (var i = 0; i < 6; i++)
        {
            await using var alice = await TokenGateway.ConnectAsync(gateway, JwtText.Make(keys.Ec, claims => claims["sub"] = "alice"));
            await alice.SettleAsync();
            await alice.CloseAsync();
        }

        for (var i = 0; i < 10; i++)
        {
            await TokenGateway.ClosedWithAsync(gateway, "letmein");
        }

        // A connection is remembered before its line is logged.
        await TestGateway.EventuallyAsync(
            () => gateway.Log.GetSnapshot().Count(line => line.Message.Contains(" ended after ", StringComparison.Ordinal)) == 16,
            "all have left"
        );
        var ended = await inspector.ReadAsync("inspector/ended");
        var reasons = ended["connections"]!.AsArray().Select(row => (string?)row!["end"]!["reason"]).ToList();
        Assert.Equal((6, 2), (reasons.Count(reason => reason == "ClientClosed"), reasons.Count(reason => reason == "Refused")));
    }

    [Fact]
    public async Task Filters_find_a_connection_by_job_address_and_text()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 0));
        await using var idle = await TestClient.ConnectAsync(
            bridge.Gateway.SocketUrl,
            options => options.SetRequestHeader("User-Agent", "Safari on a phone")
        );
        await idle.SettleAsync();

        foreach (
            var (filter, matched) in new[]
            {
                ("", 2),
                ("job=job-1", 1),
                ("job=job-*", 1),
                ("job=JOB-1", 0),
                ("address=127.0.0.1", 2),
                ("address=127.0.0.0%2F8", 2),
                ("address=10.0.0.0%2F8", 0),
                ("q=PHONE", 1),
                ("q=job-", 1),
                ("caller=alice", 0),
                ("slow=true", 0),
                ("q=phone&job=job-1", 0),
            }
        )
        {
            Assert.Equal((filter, matched), (filter, (int?)(await inspector.ReadAsync($"inspector/connections?{filter}"))["matched"]));
        }
    }

    [Theory]
    [InlineData("inspector/connections?limit=0", "invalid_query", "limit must be a number from 1 to 1000")]
    [InlineData("inspector/connections?limit=many", "invalid_query", "limit must be")]
    [InlineData("inspector/connections?limit=1001", "invalid_query", "limit must be")]
    [InlineData("inspector/connections?sort=name", "invalid_query", "sort must be one of since, lag, waiting, queued, sent, worst")]
    [InlineData("inspector/connections?order=up", "invalid_query", "order must be asc or desc")]
    [InlineData("inspector/connections?slow=yes", "invalid_query", "slow must be true or false")]
    [InlineData("inspector/connections?address=nowhere", "invalid_query", "address must be an IP address, or a network")]
    [InlineData("inspector/connections?cursor=!!", "invalid_query", "cursor must be the next of an earlier answer")]
    [InlineData("inspector/connections?cursor=QUFBQQ", "invalid_query", "cursor must be the next of an earlier answer")]
    [InlineData("inspector/connections?job=a&job=b", "invalid_query", "job stands more than once")]
    [InlineData(
        "inspector/jobs/x?jop=a%0Ab",
        "invalid_query",
        "jop is no filter. There are job, address, caller, q, slow, sort, order, limit, cursor"
    )]
    [InlineData("inspector/jobs", "invalid_query", "id must be the id of one job")]
    [InlineData("inspector/jobs?id=", "invalid_query", "id must be the id of one job")]
    [InlineData("inspector/jobs?id=a&id=b", "invalid_query", "id must be the id of one job")]
    [InlineData("inspector/jobs/a?id=b", "invalid_query", "id is no filter")]
    [InlineData("inspector/connections?id=b", "invalid_query", "id is no filter")]
    [InlineData("inspector/ended?x=1", "invalid_query", "x is no filter")]
    [InlineData("inspector/connections/none", "connection_not_found", "There is no connection with this id")]
    [InlineData("inspector/none", "not_found", "The inspector has /inspector/connections")]
    [InlineData("inspector/connections/a/close", "method_not_allowed", "The Allow header")]
    public async Task Bad_questions_get_a_clear_answer(string path, string code, string text)
    {
        await using var gateway = await TestGateway.StartAsync(new Uri("http://127.0.0.1:9"), time: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(gateway);

        var (status, body, _) = await inspector.AskAsync(path);

        Assert.Equal(code, (string?)body["code"]);
        Assert.Contains(text, (string?)body["detail"], StringComparison.Ordinal);
        Assert.InRange((int)status, 400, 499);
    }

    [Fact]
    public async Task A_close_that_says_nothing_of_coming_back_closes_nothing()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 0));
        var id = await inspector.ConnectionOfAsync("job-1");

        foreach (var body in new object?[] { null, new { }, new { comeBack = "yes" }, new[] { 1 }, new { comeBack = (bool?)null } })
        {
            var (status, answer) = await inspector.CloseAsync(id, body);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_body"), (status, (string?)answer["code"]));
        }

        Assert.Equal("connection_not_found", (string?)(await inspector.CloseAsync("none", new { comeBack = true })).Body["code"]);
        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task It_can_be_asked_while_the_gateway_drains()
    {
        var clock = new Clock();
        await using var bridge = await Bridge.OpenAsync(clock, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        var others = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => bridge.Gateway.ConnectAsync()));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 61, "all are here");

        var stopping = bridge.Gateway.StopAsync();
        var draining = await inspector.UntilAsync("inspector/connections", read => (int?)read["summary"]!["ended"] > 0);
        Assert.True((bool)draining["summary"]!["isDraining"]!);
        Assert.InRange((int)draining["matched"]!, 1, 60);
        Assert.Equal("Draining", (string?)(await inspector.ReadAsync("inspector/ended"))["connections"]![0]!["end"]!["reason"]);

        await clock.RunUntilAsync(() => stopping.IsCompleted, TimeSpan.FromSeconds(30), "it has stopped");
        await Task.WhenAll(others.Select(client => client.DisposeAsync().AsTask()));
    }

    private static bool IsOutage(JsonObject message) => (string?)message["code"] == "backend_unavailable";

    /// <summary>What happened, in short: kind, code, event.</summary>
    private static List<string> TimelineOf(JsonObject detail) =>
        [
            .. detail["timeline"]!
                .AsArray()
                .Select(entry => string.Join(' ', new[] { entry!["kind"], entry["code"], entry["eventId"] }.OfType<JsonNode>())),
        ];
}
