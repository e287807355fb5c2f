namespace OptimizationGateway.Browser.Tests;

/// <summary>The page at / in Chromium. Gateway and stub are killed as a machine would: without a word.</summary>
[Collection(Turns.Jobs)]
public sealed class ConsolePageTests(Chromium chromium, RunningConsole shared)
{
    [Fact]
    public async Task It_shows_a_live_job_to_its_end()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();
        var job = await installation.StartJobAsync(iterations: 8, iterationDelayMs: 400);
        // However long the browser takes, the job has not ended by then.
        await installation.PauseAsync(job);

        await browser.OpenAsync($"{installation.PageUrl}/?job={job}");
        await page.UntilStatusAsync("live");
        await page.UntilStateAsync("paused");
        await installation.ResumeAsync(job);
        await page.UntilEventAfterAsync((await page.EventIdsAsync()).LastOrDefault());
        await page.UntilStatusAsync("ended");

        Assert.Equal("completed", await page.ReadAsync("#job-state"));
        Assert.Equal("8 of 8", await page.ReadAsync("#iteration"));
        Assert.StartsWith($"prompt-1/{job}, final score", await page.ReadAsync("#result-line"), StringComparison.Ordinal);
        Assert.True(await page.IsAsync("document.querySelector('#chart canvas')?.width > 300"), "The chart is drawn.");
        await page.UntilAsync("document.querySelector('#chart').dataset.points === '8'");
        Assert.StartsWith(
            "Chart of 8 scores",
            (string?)await browser.EvaluateAsync("document.querySelector('#chart').ariaLabel"),
            StringComparison.Ordinal
        );
        await page.UntilAsync($"document.querySelector('#jobs li:has(a[href$={job}]) .state')?.dataset.state === 'completed'");
        AssertWhole(await page.EventIdsAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Under_a_path_it_is_the_same_page()
    {
        await using var browser = await chromium.OpenAsync();
        await using var installation = await Installation.StartAsync(pathBase: "/tools/optimizer");
        var page = new ConsolePage(browser);
        var job = await installation.StartJobAsync(iterations: 3, iterationDelayMs: 50);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync($"document.querySelector('#jobs a[href$={job}]')");
        await page.ClickAsync($"#jobs a[href$={job}]");
        await page.UntilStatusAsync("ended");
        AssertWhole(await page.EventIdsAsync());
        Assert.Equal($"/tools/optimizer/?job={job}", (string?)await browser.EvaluateAsync("location.pathname + location.search"));

        await page.ClickAsync("a.brand");
        await page.UntilAsync("location.pathname + location.search === '/tools/optimizer/'");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task It_goes_on_without_a_gap_after_the_backend_was_killed()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();
        var job = await installation.StartJobAsync(iterations: 100, iterationDelayMs: 1000);

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
        var (page, browser, installation, _) = await shared.FreshAsync();
        var job = await installation.StartJobAsync(iterations: 100, iterationDelayMs: 1000);

        await browser.OpenAsync($"{installation.PageUrl}/?job={job}");
        await page.UntilEventAfterAsync(5);
        await installation.Gateway.KillAsync();
        await page.UntilConnectionAsync("reconnecting");
        await page.UntilStatusAsync("stale");
        // It is there between two attempts, and not while one is being made.
        await page.UntilAsync("document.querySelector('#connection-countdown')?.textContent.startsWith('next try in')");

        Assert.True(await page.IsStaleAsync());
        Assert.Equal("was running", await page.ReadAsync("#job-state"));
        Assert.Matches("the connection was lost|no connection could be made", await page.ReadAsync("#connection-text"));
        Assert.Empty(await page.BarriersAsync());

        var last = (await page.EventIdsAsync())[^1];
        await installation.Gateway.StartAsync();
        await page.UntilEventAfterAsync(last + 8);
        await page.UntilStateAsync("running");

        AssertWhole(await page.EventIdsAsync());
        AssertNoComplaints(browser, besides: new Uri(installation.PageUrl).Authority);
    }

    [Fact]
    public async Task It_lists_the_jobs_of_the_backends_and_finds_them_by_text_and_state()
    {
        await using var browser = await chromium.OpenAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);
        var paused = await installation.StartJobAsync(iterations: 8, iterationDelayMs: 60_000);
        await installation.PauseAsync(paused);
        var done = await installation.StartJobAsync(iterations: 1, iterationDelayMs: 0);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelectorAll('#jobs li').length === 2");
        await page.UntilAsync($"{Listed} === '{done} completed,{paused} paused'");
        await browser.EvaluateAsync(Enter("HTMLInputElement", "#jobs-text", paused.ToUpperInvariant()));
        await page.UntilAsync($"{Listed} === '{paused} paused'");
        await browser.EvaluateAsync(Enter("HTMLSelectElement", "#jobs-state", "completed"));
        await page.UntilAsync("document.querySelector('#jobs-note')?.textContent === 'None matches.'");
        Assert.Empty(await page.BarriersAsync());
        await browser.EvaluateAsync(Enter("HTMLInputElement", "#jobs-text", ""));
        await page.UntilAsync($"{Listed} === '{done} completed'");

        // What happens to a job shows by itself.
        await browser.EvaluateAsync(Enter("HTMLSelectElement", "#jobs-state", ""));
        await installation.ResumeAsync(paused);
        await page.UntilAsync($"{Listed} === '{paused} running,{done} completed'");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_job_is_started_and_steered_from_it()
    {
        await using var browser = await chromium.OpenAsync();
        await using var installation = await Installation.StartAsync();
        var page = new ConsolePage(browser);

        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelector('#jobs-note')?.textContent === 'None yet.'");
        await browser.EvaluateAsync("document.querySelector('#start').requestSubmit()");
        await page.UntilStateAsync("running");
        await page.UntilAsync("document.querySelector('[data-action=pause]')");
        await page.ClickAsync("[data-action=pause]");
        await page.UntilStateAsync("paused");
        await page.ClickAsync("[data-action=resume]");
        await page.UntilStateAsync("running");
        await page.ClickAsync("[data-action=cancel]");
        await page.UntilAsync("document.querySelector('[data-action=cancel]').textContent === 'Cancel for good?'");
        Assert.Equal("running", await page.ReadAsync("#job-state"));
        await page.ClickAsync("[data-action=cancel]");
        await page.UntilStatusAsync("ended");

        Assert.Equal("cancelled", await page.ReadAsync("#job-state"));
        Assert.Equal("?job=job-1", (string?)await browser.EvaluateAsync("location.search"));
        AssertWhole(await page.EventIdsAsync());
        Assert.Empty(browser.Complaints);
    }

    /// <summary>The jobs in the list and their states.</summary>
    private const string Listed =
        "[...document.querySelectorAll('#jobs li')].map(li => `${li.querySelector('b').textContent} ${li.querySelector('.state').textContent}`).join()";

    /// <summary>Enters a value as a person does: React hears of it by an event.</summary>
    private static string Enter(string type, string selector, string value) =>
        $$"""
            (() => {
              const field = document.querySelector('{{selector}}');
              Object.getOwnPropertyDescriptor({{type}}.prototype, 'value').set.call(field, '{{value}}');
              field.dispatchEvent(new Event('{{(type == "HTMLInputElement" ? "input" : "change")}}', { bubbles: true }));
            })()
            """;

    /// <summary>The stub numbers events from 1 without a hole, so every id is there exactly once, in order.</summary>
    private static void AssertWhole(List<long> ids) => Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);

    /// <param name="besides">The address that couldn't be reached for a while: the browser reports each attempt by itself.</param>
    private static void AssertNoComplaints(BrowserWindow browser, string besides) =>
        Assert.DoesNotContain(
            browser.Complaints,
            complaint =>
                !complaint.Contains(besides, StringComparison.Ordinal)
                || complaint.Contains("Content Security Policy", StringComparison.Ordinal)
        );
}
