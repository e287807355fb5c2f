using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>Each state that a job can be in is told in words, fits a phone, and has no barriers in either colour.</summary>
[Collection(Turns.Looks)]
public sealed class ConsoleLooksTests(RunningConsole shared)
{
    private static readonly Dictionary<string, WatchScript> Scripts = new(StringComparer.Ordinal)
    {
        ["loading"] = ScriptedBackend.Say(),
        ["queued"] = Log(),
        ["running"] = Log(Started(), Scored(2, 0.3), Scored(3, double.NaN), Custom(4)),
        ["paused"] = Log(Started(), Scored(2, 0.3), With(3, e => e.JobPaused = new JobPaused { CurrentIteration = 3 })),
        ["retrying"] = Log(Started(), Scored(2, 0.3), Failed(3, willRetry: true)),
        ["completed"] = Log(Started(), Scored(2, 0.3), Say.Completed(3)),
        ["failed"] = Log(Started(), Scored(2, 0.3), Failed(3, willRetry: false)),
        ["cancelled"] = Log(Started(), Scored(2, 0.3), With(3, e => e.JobCancelled = new JobCancelled { FinalIteration = 3 })),
        ["unknown"] = ScriptedBackend.Fail(StatusCode.PermissionDenied),
    };

    public static TheoryData<string> States => [.. Scripts.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Each_state_is_told_and_fits_and_has_no_barriers(string state)
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
        // However often the page comes back, as it does on a machine that is too busy to answer its pings.
        backend.Always(Scripts[state]);

        await browser.OpenAsync($"{installation.PageUrl}/?job={LongId(state)}");
        await page.UntilStateAsync(state);

        await page.AssertLooksRightAsync();
        Assert.Empty(browser.Complaints);
    }

    [Theory]
    [InlineData("history_truncated")]
    [InlineData("epoch_changed")]
    [InlineData("bad_event")]
    public async Task Each_gap_has_its_own_words_and_a_choice(string code)
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
        var bad = Say.Event(4);
        bad.Timestamp = null;
        var afterwards = code switch
        {
            "history_truncated" => ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "12"), ("latest-event-id", "14")),
            "epoch_changed" => ScriptedBackend.Say(Say.Subscribed(last: 9, epoch: "e2")),
            _ => ScriptedBackend.Say(Say.Subscribed(last: 4), Say.Replay(bad)),
        };
        var before = ScriptedBackend.SayAndFail(
            StatusCode.Unavailable,
            Say.Subscribed(last: 3),
            Say.Replay(Started(), Scored(2, 0.3), Scored(3, 0.4))
        );
        backend.Always((request, stream, cancelled) => (request.AfterEventId < 3 ? before : afterwards)(request, stream, cancelled));

        await browser.OpenAsync($"{installation.PageUrl}/?job={LongId(code)}");
        await page.UntilAsync($"document.querySelector('#job-gap')?.dataset.code === '{code}'");

        Assert.Equal("was running", await page.ReadAsync("#job-state"));
        Assert.Contains("This page has events up to 3", await page.ReadAsync("#job-gap"), StringComparison.Ordinal);
        Assert.Equal(2, (int)(await browser.EvaluateAsync("document.querySelectorAll('#job-gap button').length"))!);
        await page.AssertLooksRightAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task On_a_phone_keys_and_screen_readers_follow_what_is_seen()
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
        backend.Always(Scripts["running"]);
        await browser.OpenAsync($"{installation.PageUrl}/?job={LongId("phone")}");
        await page.UntilStateAsync("running");

        foreach (var (width, first) in new[] { (1280, "ASIDE"), (390, "MAIN"), (1280, "ASIDE") })
        {
            await browser.ResizeAsync(width, 844);
            await page.UntilAsync($"document.querySelector('#columns').firstElementChild.tagName === '{first}'");
            Assert.True(
                await page.IsAsync(
                    "(([one, two]) => one.top < two.top || one.left < two.left)([...document.querySelector('#columns').children].map(e => e.getBoundingClientRect()))"
                ),
                "What is first is above or on the left."
            );
        }

        Assert.Equal("running", await page.ReadAsync("#job-state"));
        Assert.Empty(browser.Complaints);
    }

    /// <summary>An id of a test's own: the page remembers jobs over a reload.</summary>
    private static string LongId(string name) => $"scripted-{name}-".PadRight(250, 'x');

    private static WatchScript Log(params JobEvent[] events) =>
        ScriptedBackend.Say(Say.Subscribed(last: events.LastOrDefault()?.Id ?? 0), Say.Replay(events));

    private static JobEvent Started() =>
        With(
            1,
            e =>
                e.JobStarted = new JobStarted
                {
                    PromptId = "prompt-1",
                    DatasetId = "support",
                    Config = new Struct { Fields = { ["maxIterations"] = Value.ForNumber(40) } },
                }
        );

    private static JobEvent Scored(long id, double score) => With(id, e => e.IterationCompleted = new IterationCompleted { Score = score });

    private static JobEvent Failed(long id, bool willRetry) =>
        With(
            id,
            e =>
                e.JobFailed = new JobFailed
                {
                    Error = "The scorer answered 500 three times.",
                    ErrorStack = string.Join('\n', Enumerable.Repeat("  at score (scorer.py:12)", 40)),
                    WillRetry = willRetry,
                }
        );

    private static JobEvent Custom(long id) =>
        With(
            id,
            e =>
                e.Custom = new CustomEvent
                {
                    EventType = "a_type_of_the_backends_own_with_a_long_name",
                    Data = new Struct { Fields = { ["text"] = Value.ForString(new string('y', 3000)), ["nothing"] = Value.ForNull() } },
                }
        );

    private static JobEvent With(long id, Action<JobEvent> payload)
    {
        var jobEvent = Say.Bare(id, previous: id - 1);
        payload(jobEvent);
        return jobEvent;
    }
}
