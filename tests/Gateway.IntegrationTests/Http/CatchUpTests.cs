using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>PROTOCOL.md section 11, reads that don't wait.</summary>
public sealed class CatchUpTests
{
    [Fact]
    public async Task The_history_comes_as_an_array_of_the_sockets_own_event_objects()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        await using var socket = await bridge.Gateway.ConnectAsync();
        await socket.SubscribeAsync("job-1", 0);
        var replay = (await socket.UntilAsync("replay"))[^1];

        var answer = await bridge.GetAsync();

        Assert.Equal((200, "application/json"), (answer.Status, answer["Content-Type"]));
        Assert.Equal(replay["data"]!.ToJsonString(), JsonNode.Parse(answer.Body)!.ToJsonString());
        Assert.Equal(
            (EventsBridge.Offset(3), "true", null),
            (answer["Stream-Next-Offset"], answer["Stream-Up-To-Date"], answer["Stream-Closed"])
        );
        Assert.Equal("private, no-cache", answer["Cache-Control"]);
        Assert.Equal("Authorization, Origin", answer["Vary"]);
        Assert.NotNull(answer["ETag"]);
    }

    [Fact]
    public async Task Behind_a_proxy_that_takes_a_prefix_off_and_names_it_the_job_is_the_one_in_the_path()
    {
        await using var bridge = await EventsBridge.OpenAsync(clock: null, "Gateway:Proxies:Known=127.0.0.1");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));

        var answer = await bridge.GetAsync(headers: ("X-Forwarded-Prefix", "/optimizer"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("job-1", Assert.Single(bridge.Backend.Requests).JobId);
    }

    [Fact]
    public async Task A_cache_tells_callers_apart_by_every_header_that_the_backend_is_sent()
    {
        await using var bridge = await EventsBridge.OpenAsync(clock: null, "Gateway:Backends:test:ForwardHeaders=x-tenant");
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));

        var answer = await bridge.GetAsync(headers: ("X-Tenant", "one"));

        Assert.Equal("Authorization, Origin, x-tenant", answer["Vary"]);
    }

    [Fact]
    public async Task An_offset_holds_event_id_and_epoch_and_resumes_behind_the_event()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay(Say.Events(3, 3)));

        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(2)}");

        Assert.Equal([3], answer.Ids);
        var asked = Assert.Single(bridge.Backend.Requests);
        Assert.Equal((2, Say.Epoch, "job-1"), (asked.AfterEventId, asked.Epoch, asked.JobId));
    }

    [Fact]
    public async Task At_the_end_of_an_open_job_the_array_is_empty_and_the_offset_stays()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 3), Say.Replay());

        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(3)}");

        Assert.Equal((200, "[]", EventsBridge.Offset(3)), (answer.Status, answer.Body, answer["Stream-Next-Offset"]));
        Assert.Equal(("true", null), (answer["Stream-Up-To-Date"], answer["Stream-Closed"]));
    }

    [Fact]
    public async Task A_terminal_event_closes_the_stream_in_the_same_answer()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 2, ended: true), Say.Replay(Say.Event(1), Say.Completed(2))));

        for (var i = 0; i < 20; i++)
        {
            var answer = await bridge.GetAsync("?offset=-1");
            Assert.Equal((200, "true", "true"), (answer.Status, answer["Stream-Closed"], answer["Stream-Up-To-Date"]));
            Assert.Equal([1, 2], answer.Ids);
            Assert.Equal("private, max-age=60, stale-while-revalidate=300", answer["Cache-Control"]);
        }
    }

    [Fact]
    public async Task Behind_the_end_of_a_job_the_array_is_empty_and_the_stream_closed()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 2, ended: true), Say.Replay()));

        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(2)}");

        Assert.Equal(("[]", "true", "true"), (answer.Body, answer["Stream-Closed"], answer["Stream-Up-To-Date"]));
    }

    [Fact]
    public async Task Now_gives_the_newest_offset_and_nothing_else()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 7));
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 8, ended: true)));

        var open = await bridge.GetAsync("?offset=now");
        var closed = await bridge.GetAsync("?offset=now");

        Assert.Equal(
            ("[]", EventsBridge.Offset(7), "true", null),
            (open.Body, open["Stream-Next-Offset"], open["Stream-Up-To-Date"], open["Stream-Closed"])
        );
        Assert.Equal(("no-store", null), (open["Cache-Control"], open["ETag"]));
        Assert.Equal(("[]", EventsBridge.Offset(8), "true"), (closed.Body, closed["Stream-Next-Offset"], closed["Stream-Closed"]));
        Assert.False(bridge.Backend.Requests.First().HasAfterEventId);
    }

    [Fact]
    public async Task Now_loses_no_event_that_comes_before_the_backend_has_said_where_now_is()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Live(Say.Event(7)));

        var answer = await bridge.GetAsync("?offset=now");

        // No epoch was told either.
        Assert.Equal(("[]", "0000000000000006_"), (answer.Body, answer["Stream-Next-Offset"]));
    }

    [Fact]
    public async Task A_long_history_comes_in_parts_that_join_without_a_gap_or_a_repeat()
    {
        const int Count = 40;
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(
            async (request, stream, cancelled) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: Count), cancelled);
                for (var id = request.AfterEventId + 1; id <= Count; id += 4)
                {
                    var events = Say.Events(id, Math.Min(id + 3, Count));
                    Array.ForEach(
                        events,
                        one => one.Details = new Struct { Fields = { ["text"] = Value.ForString(new string('x', 30_000)) } }
                    );
                    await stream.WriteAsync(Say.Replay(hasMore: id + 4 <= Count, events), cancelled);
                }

                await ScriptedBackend.SilenceAsync(cancelled);
            }
        );

        var (ids, parts, offset) = (new List<long>(), 0, "-1");
        for (var isUpToDate = false; !isUpToDate; parts++)
        {
            var answer = await bridge.GetAsync($"?offset={offset}");
            Assert.InRange(answer.Body.Length, 3, 512 * 1024);
            ids.AddRange(answer.Ids);
            isUpToDate = answer["Stream-Up-To-Date"] == "true";
            Assert.True(isUpToDate || answer["Cache-Control"] == "private, max-age=60, stale-while-revalidate=300");
            Assert.True(string.CompareOrdinal(offset, answer["Stream-Next-Offset"]) < 0 || offset == "-1");
            offset = answer["Stream-Next-Offset"]!;
        }

        Assert.InRange(parts, 3, 10);
        Assert.Equal(Enumerable.Range(1, Count).Select(id => (long)id), ids);
    }

    [Fact]
    public async Task An_answer_that_is_known_is_not_sent_again_until_there_is_more()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 1, ended: true), Say.Replay(Say.Event(1))));

        var tag = (await bridge.GetAsync())["ETag"]!;
        var same = await bridge.GetAsync("", EventsBridge.Job, ("If-None-Match", $"\"other\", W/{tag}"));
        var closed = await bridge.GetAsync("", EventsBridge.Job, ("If-None-Match", tag));

        Assert.Equal((304, "", EventsBridge.Offset(1)), (same.Status, same.Body, same["Stream-Next-Offset"]));
        Assert.Equal((200, "true"), (closed.Status, closed["Stream-Closed"]));
    }

    [Fact]
    public async Task Head_tells_the_newest_offset_and_whether_the_job_has_ended()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 7));
        bridge.Backend.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 7, ended: true)));
        bridge.Backend.Next(ScriptedBackend.Fail(StatusCode.NotFound));

        var open = await bridge.SendAsync(HttpMethod.Head);
        var closed = await bridge.SendAsync(HttpMethod.Head);
        var missing = await bridge.SendAsync(HttpMethod.Head);

        Assert.Equal(
            (200, "", "application/json", EventsBridge.Offset(7)),
            (open.Status, open.Body, open["Content-Type"], open["Stream-Next-Offset"])
        );
        Assert.Equal(("no-store", null, "true"), (open["Cache-Control"], open["Stream-Closed"], closed["Stream-Closed"]));
        Assert.Equal((404, ""), (missing.Status, missing.Body));
    }

    [Theory]
    [InlineData("job-1", "job-1")]
    [InlineData("a%2Fb%2F..%2Fc", "a/b/../c")]
    [InlineData("100%25", "100%")]
    [InlineData("%252F", "%2F")]
    [InlineData("%E2%9C%93%20%F0%9F%9A%80", "✓ 🚀")]
    [InlineData("a+b&c=d;e", "a+b&c=d;e")]
    [InlineData("%3Fx%23y", "?x#y")]
    [InlineData("events", "events")]
    [InlineData("%6Aob", "job")]
    public async Task A_job_id_is_percent_encoded_in_the_path_slashes_too(string encoded, string jobId)
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));
        await using var client = await RawClient.ConnectAsync(bridge.Gateway.HttpUrl);

        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET /jobs/{encoded}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var answer = await client.ReadHttpAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(jobId, Assert.Single(bridge.Backend.Requests).JobId);
    }

    [Fact]
    public async Task Under_a_path_base_it_is_there()
    {
        await using var bridge = await EventsBridge.OpenAsync(clock: null, "Gateway:PathBase=/optimizer");
        bridge.Backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));

        var answer = await bridge.GetAsync(path: "/optimizer/jobs/job-1/events");

        Assert.Equal([1], answer.Ids);
        Assert.Equal(404, (await bridge.GetAsync()).Status);
    }
}
