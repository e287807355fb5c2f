namespace OptimizationGateway.Browser.Tests;

/// <summary>The page where there are no WebSockets. The client's own tests show how it finds out, and comes back.</summary>
[Collection(Turns.Jobs)]
public sealed class ConsoleTransportTests(Chromium chromium, RunningConsole shared)
{
    [Fact]
    public async Task It_shows_a_live_job_to_its_end_by_plain_HTTP()
    {
        var (_, _, installation, _) = await shared.FreshAsync();
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        var job = await installation.StartJobAsync(iterations: 8, iterationDelayMs: 400);
        await installation.PauseAsync(job);
        await browser.RunFirstAsync("delete globalThis.WebSocket");

        await browser.OpenAsync($"{installation.PageUrl}/?job={job}");
        await page.UntilStatusAsync("live");
        await page.UntilConnectionAsync("open");
        Assert.True(await page.IsAsync("!globalThis.WebSocket"), "There is no WebSocket.");
        await installation.ResumeAsync(job);
        await page.UntilEventAfterAsync((await page.EventIdsAsync()).LastOrDefault());
        await page.UntilStatusAsync("ended");

        Assert.Equal("completed", await page.ReadAsync("#job-state"));
        var ids = await page.EventIdsAsync();
        Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);
        Assert.Empty(browser.Complaints);
    }
}
