using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>The errors of PROTOCOL.md section 6 as answers, alike in all three ways to read.</summary>
public sealed class EventsErrorsTests
{
    public static TheoryData<string> Modes => ["", "&live=long-poll", "&live=sse"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_job_that_nobody_knows_is_404(string mode) =>
        Assert.Equal((404, "job_not_found"), await AskAsync(mode, ScriptedBackend.Fail(StatusCode.NotFound)));

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_job_that_the_caller_may_not_see_is_403(string mode) =>
        Assert.Equal((403, "forbidden"), await AskAsync(mode, ScriptedBackend.Fail(StatusCode.PermissionDenied)));

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Another_log_is_409(string mode) =>
        Assert.Equal((409, "epoch_changed"), await AskAsync(mode, ScriptedBackend.Fail(StatusCode.FailedPrecondition)));

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_backend_that_breaks_its_contract_is_502(string mode) =>
        Assert.Equal((502, "backend_error"), await AskAsync(mode, ScriptedBackend.Fail(StatusCode.Internal)));

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_history_that_was_cut_is_410_and_says_what_is_left(string mode)
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "9"), ("latest-event-id", "12")));

        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(2)}{mode}");

        Assert.Equal((410, "history_truncated", "no-store"), (answer.Status, answer.Code, answer["Cache-Control"]));
        Assert.Equal(
            (9, 12, "job-1"),
            ((int)answer.Problem["earliestEventId"]!, (int)answer.Problem["latestEventId"]!, (string?)answer.Problem["jobId"])
        );
        Assert.Contains("Read from -1", (string?)answer.Problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_beyond_the_log_is_425()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1)));

        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(2)}");

        Assert.Equal((425, "cursor_ahead", 1), (answer.Status, answer.Code, (int)answer.Problem["latestEventId"]!));
    }

    [Fact]
    public async Task An_event_that_cannot_be_shown_is_502_and_its_offset_skips_it()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        var bad = Say.Event(2, previous: 1);
        bad.Timestamp = null;
        bridge.Backend.Always(
            (request, stream, cancelled) =>
                ScriptedBackend.Say(
                    Say.Subscribed(last: 3),
                    Say.Replay([.. new[] { Say.Event(1), bad, Say.Event(3) }.Where(one => one.Id > request.AfterEventId)])
                )(request, stream, cancelled)
        );

        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(1)}");
        var rest = await bridge.GetAsync($"?offset={answer.Problem["skipOffset"]}");

        Assert.Equal((502, "bad_event", 2), (answer.Status, answer.Code, (int)answer.Problem["eventId"]!));
        Assert.Equal([3], rest.Ids);
    }

    [Fact]
    public async Task An_event_source_that_returns_while_the_backend_is_away_is_told_to_come_back_and_not_given_up()
    {
        await using var bridge = await EventsBridge.OpenAsync(clock: null, "Gateway:Upstream:OpenTimeout=00:00:01");
        bridge.Backend.Always(ScriptedBackend.Fail(StatusCode.Unavailable));

        var answer = await bridge.GetAsync("?offset=-1&live=sse", EventsBridge.Job, ("Last-Event-ID", EventsBridge.Offset(2)));
        var other = await bridge.GetAsync("?offset=-1&live=sse");

        Assert.Equal((200, "text/event-stream"), (answer.Status, answer["Content-Type"]));
        Assert.Matches("^retry: [0-9]{4}\nid: 0000000000000002_ZTE\nevent: control\ndata:.*\"code\":\"backend_unavailable\"", answer.Body);
        Assert.Equal((503, "backend_unavailable"), (other.Status, other.Code));
    }

    private static async Task<(int, string?)> AskAsync(string mode, WatchScript script)
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Always(script);
        var answer = await bridge.GetAsync($"?offset={EventsBridge.Offset(2)}{mode}");
        return (answer.Status, answer.Code);
    }
}
