using System.Text.Json;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>The page, in the words of its own ids.</summary>
internal sealed class ConsolePage(BrowserWindow browser)
{
    /// <summary>The ids in the list of events, oldest first.</summary>
    public async Task<List<long>> EventIdsAsync()
    {
        var ids = await browser.EvaluateAsync(
            "[...document.querySelectorAll('#events li[data-id]')].map(row => Number(row.dataset.id)).reverse()"
        );
        return ids!.Deserialize<List<long>>()!;
    }

    /// <summary>As it is now, with the newest event's data open: <see cref="AssertFitsAsync" />.</summary>
    public async Task AssertLooksRightAsync()
    {
        if (await IsAsync("document.querySelector('#events summary')"))
        {
            await ClickAsync("#events summary");
            await UntilAsync("document.querySelector('#events pre')");
        }

        await AssertFitsAsync();
    }

    /// <summary>As it is now: no barriers in either colour and nothing too wide, on a phone and on a desk.</summary>
    public async Task AssertFitsAsync()
    {
        foreach (var width in new[] { 360, 1280 })
        {
            await browser.ResizeAsync(width, 800);
            Assert.Empty(await BarriersAsync());
            Assert.True(await IsAsync("document.documentElement.scrollWidth <= innerWidth"), $"Nothing is wider than {width} pixels.");
        }
    }

    /// <summary>
    /// What axe-core finds wrong with the page as it is now, a line each, in light and in dark colours. In the dark only the rules that look
    /// at colours run; to the others it is the same page.
    /// </summary>
    public async Task<List<string>> BarriersAsync()
    {
        await browser.PreferAsync("dark");
        var dark = await AxeAsync("runOnly: ['color-contrast', 'link-in-text-block']");
        await browser.PreferAsync("light");
        var light = await AxeAsync("");
        return [.. dark.Select(barrier => $"dark: {barrier}"), .. light.Select(barrier => $"light: {barrier}")];
    }

    private async Task<List<string>> AxeAsync(string rules)
    {
        if (!await IsAsync("globalThis.axe"))
        {
            await browser.EvaluateAsync(await File.ReadAllTextAsync(RepositoryRoot.Combine("node_modules", "axe-core", "axe.min.js")));
        }

        // A colour that is on its way to another is neither.
        var found = await browser.EvaluateAsync(
            $"Promise.all(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished)).then(() => axe.run({{ resultTypes: ['violations'], {rules} }}))"
                + ".then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`)))"
        );
        return found!.Deserialize<List<string>>()!;
    }

    public Task<string> ReadAsync(string selector) =>
        TextAsync($"document.querySelector({JsonSerializer.Serialize(selector)})?.textContent.trim() ?? ''");

    public Task<bool> IsStaleAsync() => IsAsync("document.querySelector('#job')?.dataset.stale === 'true'");

    public async Task<bool> IsAsync(string expression) => (bool)(await browser.EvaluateAsync($"Boolean({expression})"))!;

    public Task UntilStateAsync(string state) => UntilAsync($"document.querySelector('#job-state')?.textContent === '{state}'");

    public Task UntilAsync(string expression) => Until.TrueAsync(() => IsAsync(expression), expression, DescribeAsync);

    /// <summary>Waits for the subscription's status: `live`, `stale`, `ended` …</summary>
    public Task UntilStatusAsync(string status) => UntilAsync($"document.querySelector('#job')?.dataset.status === '{status}'");

    /// <summary>Waits for the connection's state: `open`, `reconnecting` …</summary>
    public Task UntilConnectionAsync(string state) => UntilAsync($"document.querySelector('#connection')?.dataset.state === '{state}'");

    public Task ClickAsync(string selector) =>
        browser.EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)}).click()");

    /// <summary>Presses Tab until the focus is there.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var presses = 0; presses < 40; presses++)
        {
            await browser.PressAsync("Tab");
            if (await IsAsync($"document.activeElement.matches({JsonSerializer.Serialize(selector)})"))
            {
                return;
            }
        }

        throw new InvalidOperationException($"Tab doesn't get to {selector}. {await DescribeAsync()}");
    }

    /// <summary>Waits for an event after this one.</summary>
    public Task UntilEventAfterAsync(long id) =>
        Until.TrueAsync(async () => (await EventIdsAsync()).LastOrDefault() > id, $"an event after {id} is shown", DescribeAsync);

    private async Task<string> TextAsync(string expression) => (string)(await browser.EvaluateAsync(expression))!;

    private async Task<string> DescribeAsync() =>
        $"The page says:\n{await TextAsync("document.body.innerText.slice(0, 2000)")}\nand complains:\n{string.Join('\n', browser.Complaints)}";
}
