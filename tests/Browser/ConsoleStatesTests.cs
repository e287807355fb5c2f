using System.Net;
using System.Text.Json;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>What the page at / shows of jobs of every kind, and whether everybody can use it. One gateway does for all.</summary>
[Collection(Turns.Jobs)]
public sealed class ConsoleStatesTests(RunningConsole shared)
{
    [Fact]
    public async Task It_says_that_a_job_is_not_known()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();

        await browser.OpenAsync($"{installation.PageUrl}/?job=no-such-job");
        await page.UntilStatusAsync("error");

        Assert.Contains("job_not_found", await page.ReadAsync("#job-error"), StringComparison.Ordinal);
        Assert.Equal("unknown", await page.ReadAsync("#job-state"));
        Assert.Empty(await page.BarriersAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Actions_are_offered_for_jobs_that_the_jobs_API_has_and_no_others()
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
        var own = await installation.StartJobAsync(iterations: 2, iterationDelayMs: 60_000);
        var started = Say.Bare(1);
        started.JobStarted = new JobStarted { PromptId = "my-prompt" };
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(started)));

        await browser.OpenAsync($"{installation.PageUrl}/?job={own}");
        await page.UntilAsync("document.querySelector('[data-action=pause]')");

        await browser.OpenAsync($"{installation.PageUrl}/?job=scripted-appended");
        await page.UntilStateAsync("running");
        await page.UntilAsync($"performance.getEntriesByType('resource').some(({{ name }}) => name === '{installation.JobsUrl}/jobs')");
        await browser.EvaluateAsync("new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done))))");
        Assert.False(await page.IsAsync("document.querySelector('[data-action]')"), "Nothing is offered that would be refused.");
        Assert.Equal("my-prompt", await page.ReadAsync("#job-subtitle"));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Ten_thousand_events_are_taken_in_a_few_paints_and_the_page_stays_small()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();

        await browser.OpenAsync($"{installation.PageUrl}/?job=load-10000");
        await page.UntilStatusAsync("ended");
        await page.UntilAsync("document.querySelector('#events-note')?.textContent === 'the newest 200 of 10,000'");

        Assert.True(await page.IsAsync("document.querySelectorAll('*').length < 4000"), "The page has few elements.");
        Assert.Equal([.. Enumerable.Range(9801, 200).Select(id => (long)id)], await page.EventIdsAsync());
        await page.ClickAsync("#older");
        await page.UntilAsync("document.querySelectorAll('#events li').length === 400");
        Assert.Equal([.. Enumerable.Range(9601, 400).Select(id => (long)id)], await page.EventIdsAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task It_has_no_barriers_and_fits_in_either_colour_on_a_desk_or_a_phone()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();
        var done = await installation.StartJobAsync(iterations: 3, iterationDelayMs: 0);
        var running = await installation.StartJobAsync(iterations: 100, iterationDelayMs: 5000);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelectorAll('#jobs a').length >= 2");
        await page.AssertFitsAsync();
        await page.ClickAsync("#start-panel summary");
        await page.AssertFitsAsync();
        await page.ClickAsync($"#jobs a[href$={running}]");
        await page.UntilStateAsync("running");
        await page.UntilAsync("document.querySelector('#events summary')");
        await page.ClickAsync("#events summary");
        await page.AssertFitsAsync();
        await page.ClickAsync($"#jobs a[href$={done}]");
        await page.UntilStateAsync("completed");
        await page.AssertFitsAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Everything_can_be_reached_and_done_by_keys()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelector('#start-panel')");
        await page.TabToAsync("#start-panel summary");
        await browser.PressAsync("Enter");
        await page.TabToAsync("#start button");
        await browser.PressAsync("Enter");
        await page.UntilStateAsync("running");
        await page.TabToAsync("[data-action=cancel]");
        await browser.PressAsync("Enter");
        await page.UntilAsync("document.activeElement.textContent === 'Cancel for good?'");
        await browser.PressAsync("Enter");
        await page.UntilStateAsync("cancelled");
        await page.UntilAsync("document.querySelector('#events b')?.textContent === 'job_cancelled'");
        await page.TabToAsync("#events summary");
        await browser.PressAsync("Enter");
        await page.UntilAsync("JSON.parse(document.querySelector('#events pre')?.textContent ?? '{}').eventType === 'job_cancelled'");
        Assert.Empty(browser.Complaints);
    }

    [Theory]
    [InlineData("restart", 12)]
    [InlineData("skip", 15)]
    public async Task Lost_history_is_told_and_nothing_more_comes_until_somebody_chooses(string choice, int next)
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
        var whole = ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3)));
        var refusal = ScriptedBackend.Fail(StatusCode.OutOfRange, ("earliest-event-id", "12"), ("latest-event-id", "14"));
        var rest = ScriptedBackend.Say(Say.Subscribed(last: 14, earliest: 12), Say.Replay(Say.Events(12, 14)), Say.Live(Say.Event(15)));
        var news = ScriptedBackend.Say(Say.Subscribed(last: 14, earliest: 12), Say.Live(Say.Event(15)));
        var isCut = false;
        backend.Always(
            (request, stream, cancelled) =>
            {
                // The log is cut once somebody has all of it.
                isCut |= request.AfterEventId == 3;
                var script = request switch
                {
                    { HasAfterEventId: false } => news,
                    { AfterEventId: 3 } => refusal,
                    _ => isCut ? rest : whole,
                };
                return script(request, stream, cancelled);
            }
        );

        await browser.OpenAsync($"{installation.PageUrl}/?job=scripted-{choice}");
        await page.UntilAsync("document.querySelector('#job-gap')?.dataset.code === 'history_truncated'");
        await page.UntilEventAfterAsync(2);
        Assert.Contains("the log begins at 12", await page.ReadAsync("#job-gap"), StringComparison.Ordinal);
        Assert.True(await page.IsStaleAsync());
        Assert.Empty(await page.BarriersAsync());

        await page.ClickAsync($"[data-choice={choice}]");
        await page.UntilEventAfterAsync(14);

        Assert.Equal([1, 2, 3, .. Enumerable.Range(next, 16 - next).Select(id => (long)id)], await page.EventIdsAsync());
        Assert.True(await page.IsAsync("!document.querySelector('#job-gap')"), "The choice is made.");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task An_event_that_can_not_be_shown_can_be_left_out_knowingly()
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
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

        await browser.OpenAsync($"{installation.PageUrl}/?job=scripted-bad");
        await page.UntilAsync("document.querySelector('#job-gap')?.dataset.code === 'bad_event'");
        await page.UntilEventAfterAsync(1);
        await page.ClickAsync("[data-choice=skip]");
        await page.UntilStatusAsync("live");

        await page.UntilEventAfterAsync(4);
        Assert.Equal([1, 2, 4, 5], await page.EventIdsAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task On_a_slow_machine_list_and_chart_keep_up_with_events_that_never_pause()
    {
        var (page, browser, installation, backend) = await shared.FreshAsync();
        backend.Always(
            async (request, stream, cancelled) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: request.AfterEventId), cancelled);
                await stream.WriteAsync(Say.Replay(), cancelled);
                using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
                for (var id = request.AfterEventId + 1; await beat.WaitForNextTickAsync(cancelled); id++)
                {
                    await stream.WriteAsync(Say.Live(Say.Event(id)), cancelled);
                }
            }
        );

        await browser.SlowDownAsync(times: 6);
        await browser.OpenAsync($"{installation.PageUrl}/?job=scripted-unpausing");
        await page.UntilEventAfterAsync(50);

        var shown = await browser.EvaluateAsync(
            "[document.querySelector('#iteration').textContent, document.querySelector('#events li').dataset.id,"
                + " document.querySelector('#chart').dataset.points].map(Number)"
        );
        Assert.Single(shown.Deserialize<List<int>>()!.Distinct());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Its_files_allow_nothing_inline_and_are_not_sent_twice()
    {
        var (_, _, installation, _) = await shared.FreshAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var path in new[] { "/", "/console.js", "/console.css", "/console.json" })
        {
            var address = new Uri(installation.PageUrl + path);
            using var first = await http.GetAsync(address, TestContext.Current.CancellationToken);
            using var again = new HttpRequestMessage(HttpMethod.Get, address);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var second = await http.SendAsync(again, TestContext.Current.CancellationToken);

            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, second.StatusCode));
            var policy = first.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        }
    }
}
