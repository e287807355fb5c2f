using System.Globalization;
using System.IO.Compression;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Backends, and proxies in front of them, that break HTTP/2 or gRPC itself: what the browser's user sees of it.</summary>
public sealed class HostileHttp2Tests
{
    internal static readonly RawScript HonestEnd = async call =>
    {
        await call.AnswerAsync();
        await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Completed(2)));
        await call.EndAsync(("grpc-status", "0"));
    };

    public static TheoryData<Http2Error> Errors => [.. Enum.GetValues<Http2Error>()];

    public static TheoryData<Http2Error, string> Resets =>
        new MatrixTheoryData<Http2Error, string>(Enum.GetValues<Http2Error>(), ["at once", "after the headers", "after events"]);

    [Theory]
    [MemberData(nameof(Resets))]
    public async Task A_stream_that_is_reset_with_any_code_is_reopened_at_the_cursor_and_the_user_sees_nothing(
        Http2Error error,
        string moment
    )
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(async call =>
        {
            await (moment == "at once" ? Task.CompletedTask : call.AnswerAsync());
            await (moment == "after events" ? call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))) : Task.CompletedTask);
            await (moment == "after events" ? bridge.HeardAsync("replay 1") : Task.CompletedTask);
            await call.ResetAsync(error);
        });
        backend.Always(HonestEnd);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay 1", "event 2", "unsubscribed job_ended"], bridge.Told());
        Assert.Equal(moment == "after events" ? 1 : 0, backend.Requests.Last().AfterEventId);
        Assert.All(bridge.Causes, cause => Assert.Equal("Unavailable", cause));
        await bridge.AssertLivesAsync();
    }

    /// <summary>Each code becomes the same cause, as the test above shows. The library treats two in a way of its own.</summary>
    [Theory]
    [InlineData(Http2Error.NoError)]
    [InlineData(Http2Error.RefusedStream)]
    [InlineData(Http2Error.InternalError)]
    public async Task Streams_that_are_reset_for_ever_are_told_once_and_asked_for_at_a_bounded_pace(Http2Error error)
    {
        var clock = new Clock();
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Next(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await bridge.HeardAsync("replay 1");
            await call.ResetAsync(error);
        });
        backend.Always(call => call.ResetAsync(error));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await TestGateway.EventuallyAsync(() => bridge.Causes.Count > 0, "the stream broke");

        await clock.RunForAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["subscribed", "replay 1", "error backend_unavailable kept"], bridge.Told());

        // The client library asks up to four times by itself where a stream was refused: nothing has been done with it.
        Assert.InRange(bridge.Causes.Count, 4, 30);
        Assert.InRange(backend.Requests.Count, bridge.Causes.Count, 4 * (bridge.Causes.Count + 1));
        Assert.Single(bridge.Warnings);
        await bridge.AssertLivesAsync();

        backend.Always(HonestEnd);
        await clock.RunUntilAsync(() => bridge.Told()[^1] == "unsubscribed job_ended", TimeSpan.FromSeconds(10), "the job ended");
        Assert.Equal([1, 2], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task A_graceful_GOAWAY_lets_running_streams_end_and_sends_new_ones_to_a_new_connection()
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        var goOn = new TaskCompletionSource();
        backend.Next(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await call.Connection.GoAwayAsync(call.Id, Http2Error.NoError);
            await call.SayAsync(Say.Live(Say.Event(2)));
            await goOn.Task;
            await call.SayAsync(Say.Live(Say.Completed(3)));
            await call.EndAsync(("grpc-status", "0"));
        });
        backend.Always(HonestEnd);
        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("event");

        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-2");
        goOn.SetResult();
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay 1", "event 2", "event 3", "unsubscribed job_ended"], bridge.Told());
        Assert.Equal(2, backend.Connections);
        Assert.Empty(bridge.Causes);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_GOAWAY_that_disowns_running_streams_costs_nothing_but_a_reopen(Http2Error error)
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Next(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await bridge.HeardAsync("replay 1");
            await call.Connection.GoAwayAsync(lastStreamId: 0, error);
            call.Connection.Abort();
        });
        backend.Always(HonestEnd);

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay 1", "event 2", "unsubscribed job_ended"], bridge.Told());
        Assert.Equal(["Unavailable"], bridge.Causes);
        await bridge.AssertLivesAsync();
    }

    [Fact]
    public async Task Connections_that_say_GOAWAY_at_once_for_ever_are_opened_at_a_bounded_pace()
    {
        var clock = new Clock();
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(call => call.Connection.GoAwayAsync(lastStreamId: 0, Http2Error.EnhanceYourCalm));
        await bridge.Client.SubscribeAsync("job-1", 0);

        await clock.RunUntilAsync(() => bridge.Told().Count > 0, TimeSpan.FromSeconds(30), "the user was told");

        Assert.Equal(["error backend_unavailable not_opened"], bridge.Told());
        Assert.InRange(backend.Connections, 1, 4 * 20);
        await bridge.AssertLivesAsync();
        backend.Always(HonestEnd);
        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-2");
    }

    [Fact]
    public async Task One_stream_a_connection_is_enough_for_every_subscription()
    {
        const int Jobs = 25;
        await using var backend = RawBackend.Start(maxStreams: 1);
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        var all = new TaskCompletionSource();
        backend.Always(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await all.Task;
            await call.SayAsync(Say.Live(Say.Completed(2)));
            await call.EndAsync(("grpc-status", "0"));
        });
        var jobs = Enumerable.Range(1, Jobs).Select(i => $"job-{i}").ToList();
        foreach (var job in jobs)
        {
            await bridge.Client.SubscribeAsync(job, 0);
        }

        await TestGateway.EventuallyAsync(() => jobs.TrueForAll(job => bridge.Told(job).Count == 2), "all are live");
        Assert.Equal(Jobs, bridge.Gateway.UpstreamStreams);
        all.SetResult();
        await TestGateway.EventuallyAsync(() => jobs.TrueForAll(job => bridge.Told(job)[^1] == "unsubscribed job_ended"), "all have ended");

        Assert.All(jobs, job => Assert.Equal(["subscribed", "replay 1", "event 2", "unsubscribed job_ended"], bridge.Told(job)));

        // Before the first SETTINGS the client library tries its luck; what is refused is asked for again.
        Assert.All(bridge.Causes, cause => Assert.Equal("Unavailable", cause));
    }

    [Fact]
    public async Task A_connection_that_takes_no_stream_at_all_ends_a_subscribe_in_time()
    {
        var clock = new Clock();
        await using var backend = RawBackend.Start(maxStreams: 0);
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        await bridge.Client.SubscribeAsync("job-1", 0);

        var gone = await clock.RunUntilAsync(() => bridge.Told().Count > 0, TimeSpan.FromSeconds(30), "the user was told");

        Assert.InRange(gone, TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(12));
        Assert.Equal(["error backend_unavailable not_opened"], bridge.Told());
        await bridge.AssertLivesAsync();
    }

    public static TheoryData<string> BrokenEnds =>
        [
            "no trailers",
            "trailers without a status",
            "a status that is no number",
            "trailers of a megabyte",
            "a cut in the middle of a message",
            "an end in the middle of a message",
            "a length prefix of 2 GiB",
            "a length prefix of 4 GiB",
            "gzip that is none",
            "headers of a megabyte",
            "a second head",
            "HTML under 200",
            "HTML under gRPC's own type",
            "404 as a proxy says it",
            "502 as a proxy says it",
            "a redirect",
        ];

    [Theory]
    [MemberData(nameof(BrokenEnds))]
    public async Task An_answer_that_is_no_gRPC_is_the_transports_fault_and_the_user_sees_it_only_if_it_lasts(string kind)
    {
        var clock = new Clock();
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Next(async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await bridge.HeardAsync("replay 1");
            await call.ResetAsync(Http2Error.InternalError);
        });
        backend.Always(call => BreakAsync(call, kind));
        await bridge.Client.SubscribeAsync("job-1", 0);
        await TestGateway.EventuallyAsync(() => bridge.Causes.Count > 0, "the stream broke");

        await clock.RunForAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["subscribed", "replay 1", "error backend_unavailable kept"], bridge.Told());
        Assert.All(bridge.Causes, cause => Assert.Equal("Unavailable", cause));
        Assert.InRange(backend.Requests.Count, 4, 30);
        Assert.Single(bridge.Warnings);
        await bridge.AssertLivesAsync();

        backend.Always(HonestEnd);
        await clock.RunUntilAsync(() => bridge.Told()[^1] == "unsubscribed job_ended", TimeSpan.FromSeconds(10), "the job ended");
        Assert.Equal([1, 2], bridge.Client.EventIds("job-1"));
    }

    [Theory]
    [InlineData("HTML under 200")]
    [InlineData("404 as a proxy says it")]
    [InlineData("502 as a proxy says it")]
    public async Task A_subscribe_that_only_a_proxy_answers_ends_in_ten_seconds(string kind)
    {
        var clock = new Clock();
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(call => BreakAsync(call, kind));
        await bridge.Client.SubscribeAsync("job-1", 0);

        var gone = await clock.RunUntilAsync(() => bridge.Told().Count > 0, TimeSpan.FromSeconds(30), "the user was told");

        Assert.InRange(gone, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12));
        Assert.Equal(["error backend_unavailable not_opened"], bridge.Told());
        Assert.DoesNotContain("proxy", bridge.Client.Received[0].ToJsonString(), StringComparison.OrdinalIgnoreCase);
        await bridge.AssertLivesAsync();
        backend.Always(HonestEnd);
        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-2");
    }

    public static TheoryData<string> BrokenMessages =>
        ["a message that doesn't parse", "an event that doesn't parse", "text that is no UTF-8"];

    [Theory]
    [MemberData(nameof(BrokenMessages))]
    public async Task Bytes_that_are_no_message_are_met_twice_and_end_the_subscription(string kind)
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Always(async call =>
        {
            await call.AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"), ("grpc-encoding", "gzip"));
            await call.SayAsync(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)));
            await call.SayBytesAsync(Broken(kind));
        });

        await bridge.Client.SubscribeAsync("job-1", 0);
        await bridge.HeardAsync("unsubscribed failed");

        Assert.Equal(["subscribed", "replay 1", "error bad_event ended", "unsubscribed failed"], bridge.Told());
        Assert.Equal(["BadEvent", "BadEvent"], bridge.Causes);
        await bridge.AssertLivesAsync();
        backend.Always(HonestEnd);
        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-2");
    }

    [Fact]
    public async Task A_compressed_stream_is_read()
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Always(async call =>
        {
            await call.AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"), ("grpc-encoding", "gzip"));
            foreach (var message in new[] { Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Completed(2)) })
            {
                await call.SayBytesAsync(Gzip(message.ToByteArray()), flag: 1);
            }

            await call.EndAsync(("grpc-status", "0"));
        });

        await HostileBridge.AssertComesThroughAsync(bridge.Client, "job-1");
    }

    [Fact]
    public async Task Ids_in_trailers_that_no_cursor_can_name_are_not_handed_on()
    {
        await using var backend = RawBackend.Start();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url);
        backend.Always(call =>
            call.AnswerAsync(
                200,
                isEnd: true,
                ("content-type", "application/grpc"),
                ("grpc-status", "11"),
                ("earliest-event-id", long.MaxValue.ToString(CultureInfo.InvariantCulture)),
                ("latest-event-id", "99")
            )
        );

        await bridge.Client.SubscribeAsync("job-1", 5);
        var error = await bridge.Client.NextAsync("error");

        Assert.Equal("history_truncated", (string?)error["code"]);
        Assert.Null(error["earliestEventId"]);
        Assert.Equal(99, (long)error["latestEventId"]!);
        await bridge.AssertLivesAsync();
    }

    private static async Task BreakAsync(RawCall call, string kind)
    {
        const string Page = "<!DOCTYPE html><html><body>A proxy's page</body></html>";
        var body = System.Text.Encoding.ASCII.GetBytes(Page);
        var megabyte = new string('x', 1024 * 1024);
        switch (kind)
        {
            case "headers of a megabyte":
                await call.AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"), ("x-long", megabyte));
                return;
            case "HTML under gRPC's own type":
                await call.AnswerAsync();
                await call.DataAsync(body, isEnd: true);
                return;
            case "a redirect":
                await call.AnswerAsync(302, isEnd: true, ("location", "http://127.0.0.1:1/"));
                return;
            case "HTML under 200" or "404 as a proxy says it" or "502 as a proxy says it":
                await call.AnswerAsync(
                    kind[0] == 'H' ? 200 : int.Parse(kind[..3], CultureInfo.InvariantCulture),
                    isEnd: false,
                    ("content-type", "text/html")
                );
                await call.DataAsync(body, isEnd: true);
                return;
            default:
                await call.AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"), ("grpc-encoding", "gzip"));
                await call.SayAsync(Say.Subscribed(last: 1), Say.Replay());
                await BreakEndAsync(call, kind, megabyte);
                return;
        }
    }

    private static async Task BreakEndAsync(RawCall call, string kind, string megabyte)
    {
        switch (kind)
        {
            case "no trailers":
                await call.DataAsync(default, isEnd: true);
                return;
            case "trailers without a status":
                await call.EndAsync(("x-nothing", "1"));
                return;
            case "a status that is no number":
                await call.EndAsync(("grpc-status", "fine"));
                return;
            case "trailers of a megabyte":
                await call.EndAsync(("grpc-status", "0"), ("x-long", megabyte));
                return;
            case "a cut in the middle of a message":
                await call.SayBytesAsync(new byte[10], length: 100);
                call.Connection.Abort();
                return;
            case "gzip that is none":
                await call.SayBytesAsync([1, 2, 3], flag: 1);
                return;
            case "a length prefix of 2 GiB":
                await call.SayBytesAsync(new byte[10], (uint)int.MaxValue + 1);
                return;
            case "a length prefix of 4 GiB":
                await call.SayBytesAsync(new byte[10], uint.MaxValue);
                return;
            case "an end in the middle of a message":
                await call.SayBytesAsync(new byte[10], length: 100);
                await call.EndAsync(("grpc-status", "0"));
                return;
            default:
                await call.AnswerAsync();
                await call.ResetAsync(Http2Error.NoError);
                return;
        }
    }

    private static byte[] Broken(string kind)
    {
        var message = Say.Live(Say.Event(2)).ToByteArray();
        switch (kind)
        {
            case "a message that doesn't parse":
                return [0x1A, 0x7F, 1, 2, 3];
            case "an event that doesn't parse":
                // Field 3 of the message, two bytes long; in it a field without a value.
                return [0x1A, 2, 0x52, 9];
            default:
                message.AsSpan(message.AsSpan().IndexOf("evaluate"u8), 2).Fill(0xFF);
                return message;
        }
    }

    internal static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
