using Grpc.Core;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>The page at / in Chromium. Gateway and stub are killed as a machine would: without a word.</summary>
public sealed class ConsolePageTests
{
    [Fact]
    public async Task It_shows_a_live_job_to_its_end()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);
        var job = await installation.StartJobAsync(iterations: 8, iterationDelayMs: 400);

        await browser.OpenAsync($"{installation.PageUrl}/?job={job}");
        await page.UntilStatusAsync("live");
        await page.UntilStateAsync("running");
        await page.UntilEventAfterAsync((await page.EventIdsAsync()).LastOrDefault());
        await page.UntilStatusAsync("ended");

        Assert.Equal("completed", await page.ReadAsync("#job-state"));
        Assert.Equal("8 of 8", await page.ReadAsync("#iteration"));
        Assert.StartsWith($"prompt-1/{job}, final score", await page.ReadAsync("#result-line"), StringComparison.Ordinal);
        Assert.True(await page.IsAsync("document.querySelector('#chart canvas')?.width > 300"), "The chart is drawn.");
        Assert.Equal("8", (string?)await browser.EvaluateAsync("document.querySelector('#chart').dataset.points"));
        Assert.StartsWith(
            "Chart of 8 scores",
            (string?)await browser.EvaluateAsync("document.querySelector('#chart').ariaLabel"),
            StringComparison.Ordinal
        );
        await page.UntilAsync("document.querySelector('#jobs .state')?.dataset.state === 'completed'");
        AssertWhole(await page.EventIdsAsync());
        AssertNoComplaints(browser);
    }

    [Fact]
    public async Task It_goes_on_without_a_gap_after_the_backend_was_killed()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);
        var job = await installation.StartJobAsync(iterations: 100, iterationDelayMs: 250);

        await browser.OpenAsync($"{installation.PageUrl}/?job={job}");
        await page.UntilEventAfterAsync(5);
        await installation.Stub.KillAsync();
        await page.UntilStatusAsync("stale");
        await page.UntilAsync("document.querySelector('#stale-reason').textContent.startsWith('backend_unavailable')");

        Assert.True(await page.IsStaleAsync());
        Assert.Equal("was running", await page.ReadAsync("#job-state"));
        Assert.StartsWith("Stale since", await page.ReadAsync("#job-stale"), StringComparison.Ordinal);
        Assert.StartsWith("(last news", await page.ReadAsync("#freshness"), StringComparison.Ordinal);
        Assert.Empty(await page.BarriersAsync());

        var last = (await page.EventIdsAsync())[^1];
        await installation.Stub.StartAsync();
        await page.UntilEventAfterAsync(last + 8);
        await page.UntilStateAsync("running");

        AssertWhole(await page.EventIdsAsync());
        AssertNoComplaints(browser, besides: installation.JobsUrl);
    }

    [Fact]
    public async Task It_goes_on_without_a_gap_after_the_gateway_was_killed()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);
        var job = await installation.StartJobAsync(iterations: 100, iterationDelayMs: 250);

        await browser.OpenAsync($"{installation.PageUrl}/?job={job}");
        await page.UntilEventAfterAsync(5);
        await installation.Gateway.KillAsync();
        await page.UntilConnectionAsync("reconnecting");
        await page.UntilAsync("document.querySelector('#connection-countdown')");

        Assert.True(await page.IsStaleAsync());
        Assert.Equal("was running", await page.ReadAsync("#job-state"));
        Assert.Contains("the connection closed (1006)", await page.ReadAsync("#connection-text"), StringComparison.Ordinal);
        Assert.StartsWith("next try in", await page.ReadAsync("#connection-countdown"), StringComparison.Ordinal);
        Assert.Empty(await page.BarriersAsync());

        var last = (await page.EventIdsAsync())[^1];
        await installation.Gateway.StartAsync();
        await page.UntilEventAfterAsync(last + 8);
        await page.UntilStateAsync("running");

        AssertWhole(await page.EventIdsAsync());
        AssertNoComplaints(browser, besides: installation.PageUrl.Replace("http", "ws", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_says_that_a_job_is_not_known()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);

        await browser.OpenAsync($"{installation.PageUrl}/?job=no-such-job");
        await page.UntilStatusAsync("error");

        Assert.Contains("job_not_found", await page.ReadAsync("#job-error"), StringComparison.Ordinal);
        Assert.Equal("unknown", await page.ReadAsync("#job-state"));
        Assert.Empty(await page.BarriersAsync());
        AssertNoComplaints(browser);
    }

    [Fact]
    public async Task A_job_is_started_and_steered_from_it()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelector('#jobs-note')?.textContent === 'None yet.'");
        await browser.EvaluateAsync("document.querySelector('#start').requestSubmit()");
        await page.UntilStateAsync("running");
        await page.ClickAsync("[data-action=pause]");
        await page.UntilStateAsync("paused");
        await page.ClickAsync("[data-action=resume]");
        await page.UntilStateAsync("running");
        await page.ClickAsync("[data-action=cancel]");
        await page.UntilStatusAsync("ended");

        Assert.Equal("cancelled", await page.ReadAsync("#job-state"));
        Assert.Equal("?job=job-1", (string?)await browser.EvaluateAsync("location.search"));
        AssertWhole(await page.EventIdsAsync());
        AssertNoComplaints(browser);
    }

    [Fact]
    public async Task Ten_thousand_events_are_taken_in_a_few_paints_and_the_page_stays_small()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);

        await browser.OpenAsync($"{installation.PageUrl}/?job=load-10000");
        await page.UntilStatusAsync("ended");
        await page.UntilAsync("document.querySelector('#events-note')?.textContent === 'the newest 200 of 10,000'");

        Assert.True(await page.IsAsync("document.querySelectorAll('*').length < 4000"), "The page has few elements.");
        Assert.Equal([.. Enumerable.Range(9801, 200).Select(id => (long)id)], await page.EventIdsAsync());
        await page.ClickAsync("#older");
        await page.UntilAsync("document.querySelectorAll('#events li').length === 400");
        Assert.Equal([.. Enumerable.Range(9601, 400).Select(id => (long)id)], await page.EventIdsAsync());
        AssertNoComplaints(browser);
    }

    [Theory]
    [InlineData("light", 1280)]
    [InlineData("dark", 1280)]
    [InlineData("light", 360)]
    [InlineData("dark", 360)]
    public async Task It_has_no_barriers_and_fits_in_either_colour_on_a_desk_or_a_phone(string colours, int width)
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);
        await browser.PreferAsync(colours);
        await browser.ResizeAsync(width, 800);
        var done = await installation.StartJobAsync(iterations: 3, iterationDelayMs: 0);
        var running = await installation.StartJobAsync(iterations: 100, iterationDelayMs: 5000);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelectorAll('#jobs a').length === 2");
        await FitsAsync();
        await page.ClickAsync("#start-panel summary");
        await FitsAsync();
        await page.ClickAsync($"#jobs a[href$={running}]");
        await page.UntilStateAsync("running");
        await page.ClickAsync("#events summary");
        await FitsAsync();
        await page.ClickAsync($"#jobs a[href$={done}]");
        await page.UntilStateAsync("completed");
        await FitsAsync();
        AssertNoComplaints(browser);

        async Task FitsAsync()
        {
            Assert.Empty(await page.BarriersAsync());
            Assert.True(await page.IsAsync("document.documentElement.scrollWidth <= innerWidth"), "Nothing is wider than the page.");
        }
    }

    [Fact]
    public async Task Everything_can_be_reached_and_done_by_keys()
    {
        await using var browser = await StartBrowserAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelector('#start-panel')");
        await page.TabToAsync("#start-panel summary");
        await browser.PressAsync("Enter");
        await page.TabToAsync("#start button");
        await browser.PressAsync("Enter");
        await page.UntilStateAsync("running");
        await page.TabToAsync("[data-action=cancel]");
        await browser.PressAsync("Enter");
        await page.UntilStateAsync("cancelled");
        await page.TabToAsync("#events summary");
        await browser.PressAsync("Enter");
        await page.UntilAsync("JSON.parse(document.querySelector('#events pre').textContent).eventType === 'job_cancelled'");
        AssertNoComplaints(browser);
    }

    [Theory]
    [InlineData("restart", 12)]
    [InlineData("skip", 15)]
    public async Task Lost_history_is_told_and_nothing_more_comes_until_somebody_chooses(string choice, int next)
    {
        await using var browser = await StartBrowserAsync();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var installation = await Installation.StartAsync(backend.Url);
        var page = new ConsolePage(browser);
        backend.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        backend.Next(ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "12"), ("latest-event-id", "14")));
        backend.Always(
            (request, stream, cancelled) =>
                ScriptedBackend.Say(
                    request.HasAfterEventId
                        ? [Say.Subscribed(last: 14, earliest: 12), Say.Replay(Say.Events(12, 14)), Say.Live(Say.Event(15))]
                        : [Say.Subscribed(last: 14, earliest: 12), Say.Live(Say.Event(15))]
                )(request, stream, cancelled)
        );

        await browser.OpenAsync($"{installation.PageUrl}/?job=scripted-1");
        await page.UntilAsync("document.querySelector('#job-gap')?.dataset.code === 'history_truncated'");
        Assert.Equal([1, 2, 3], await page.EventIdsAsync());
        Assert.Contains("the log begins at 12", await page.ReadAsync("#job-gap"), StringComparison.Ordinal);
        Assert.True(await page.IsStaleAsync());
        Assert.Empty(await page.BarriersAsync());

        await page.ClickAsync($"[data-choice={choice}]");
        await page.UntilEventAfterAsync(14);

        Assert.Equal([1, 2, 3, .. Enumerable.Range(next, 16 - next).Select(id => (long)id)], await page.EventIdsAsync());
        Assert.True(await page.IsAsync("!document.querySelector('#job-gap')"), "The choice is made.");
        AssertNoComplaints(browser);
    }

    [Fact]
    public async Task An_event_that_can_not_be_shown_can_be_left_out_knowingly()
    {
        await using var browser = await StartBrowserAsync();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var installation = await Installation.StartAsync(backend.Url);
        var page = new ConsolePage(browser);
        var bad = Say.Event(3, previous: 2);
        bad.Timestamp = null;
        backend.Always(
            (request, stream, cancelled) =>
                ScriptedBackend.Say(
                    Say.Subscribed(last: 5),
                    request.AfterEventId < 3
                        ? Say.Replay([.. Say.Events(request.AfterEventId + 1, 2), bad, .. Say.Events(4, 5)])
                        : Say.Replay(Say.Events(4, 5))
                )(request, stream, cancelled)
        );

        await browser.OpenAsync($"{installation.PageUrl}/?job=scripted-1");
        await page.UntilAsync("document.querySelector('#job-gap')?.dataset.code === 'bad_event'");
        Assert.Equal([1, 2], await page.EventIdsAsync());
        await page.ClickAsync("[data-choice=skip]");
        await page.UntilStatusAsync("live");

        await page.UntilEventAfterAsync(4);
        Assert.Equal([1, 2, 4, 5], await page.EventIdsAsync());
        AssertNoComplaints(browser);
    }

    private static async Task<Chromium> StartBrowserAsync()
    {
        if (Chromium.Path is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("install chromium: make deps");
        }

        Assert.NotNull(Chromium.Path);
        return await Chromium.StartAsync();
    }

    /// <summary>The stub numbers events from 1 without a hole, so every id is there exactly once, in order.</summary>
    private static void AssertWhole(List<long> ids) => Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);

    /// <param name="besides">The address that couldn't be reached for a while: the browser reports each attempt by itself.</param>
    private static void AssertNoComplaints(Chromium browser, string? besides = null) =>
        Assert.DoesNotContain(
            browser.Complaints,
            complaint =>
                besides is null
                || !complaint.Contains(besides, StringComparison.Ordinal)
                || complaint.Contains("Content Security Policy", StringComparison.Ordinal)
        );
}
