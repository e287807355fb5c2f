using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>What pages of other origins can do to a gateway that the browser's user can reach: nothing, in a real browser.</summary>
[Collection(Turns.Jobs)]
public sealed class ForeignPageTests(RunningConsole shared)
{
    /// <summary>Leaves in <c>window.outcome</c> whether a WebSocket to the gateway came to be.</summary>
    private const string Connect = """
        (url) => {
          window.outcome = ''
          const socket = new WebSocket(url)
          socket.onopen = () => { window.outcome = 'open' }
          socket.onclose = ({ code }) => { window.outcome ||= `closed ${code}` }
        }
        """;

    [Fact]
    public async Task A_page_elsewhere_can_not_connect()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();
        await using var elsewhere = await ForeignPage.StartAsync();
        await browser.OpenAsync(elsewhere.Url);
        await page.UntilAsync("document.title === 'elsewhere'");

        await browser.EvaluateAsync($"({Connect})('{SocketOf(installation.PageUrl)}')");
        await page.UntilAsync("window.outcome");
        Assert.True(await page.IsAsync("window.outcome === 'closed 1006'"));
    }

    [Fact]
    public async Task A_page_under_a_name_of_its_own_that_points_here_can_not_connect_though_it_is_of_the_same_host()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();

        // Browsers take every name below localhost for this machine: what a rebound DNS name would be.
        var rebound = installation.PageUrl.Replace("127.0.0.1", "rebound.localhost", StringComparison.Ordinal);
        await browser.OpenAsync($"{rebound}/health/live");
        await page.UntilAsync("location.hostname === 'rebound.localhost' && document.readyState === 'complete'");

        await browser.EvaluateAsync($"({Connect})('{SocketOf(rebound)}')");
        await page.UntilAsync("window.outcome");
        Assert.True(await page.IsAsync("window.outcome === 'closed 1006'"));
    }

    [Fact]
    public async Task The_same_code_in_the_gateway_s_own_page_connects()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();
        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelector('#main')");

        await browser.EvaluateAsync($"({Connect})('{SocketOf(installation.PageUrl)}')");
        await page.UntilAsync("window.outcome");
        Assert.True(await page.IsAsync("window.outcome === 'open'"));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_page_elsewhere_can_neither_read_nor_embed_nor_frame_the_gateway_s_page()
    {
        var (page, browser, installation, _) = await shared.FreshAsync();
        await using var elsewhere = await ForeignPage.StartAsync();
        await browser.OpenAsync(elsewhere.Url);
        await page.UntilAsync("document.title === 'elsewhere'");

        await browser.EvaluateAsync(
            $$"""
            window.outcomes = {}
            fetch('{{installation.PageUrl}}/console.json').then(() => outcomes.fetch = 'read', () => outcomes.fetch = 'refused')
            const script = document.createElement('script')
            script.onload = () => { outcomes.script = 'ran' }
            script.onerror = () => { outcomes.script = 'refused' }
            script.src = '{{installation.PageUrl}}/console.js'
            document.body.append(script)
            const frame = document.createElement('iframe')
            frame.onload = () => { outcomes.frame = 'loaded' }
            frame.src = '{{installation.PageUrl}}/'
            document.body.append(frame)
            """
        );
        await page.UntilAsync("outcomes.fetch && outcomes.script && outcomes.frame");
        Assert.True(await page.IsAsync("outcomes.fetch === 'refused' && outcomes.script === 'refused'"));

        // A frame loads whatever happens; what it was refused is in the log.
        await Until.TrueAsync(
            () => Task.FromResult(browser.Complaints.Any(line => line.Contains("frame-ancestors", StringComparison.Ordinal))),
            "the browser refuses to frame the page",
            () => Task.FromResult(string.Join('\n', browser.Complaints))
        );
    }

    private static string SocketOf(string pageUrl) => $"ws{pageUrl["http".Length..]}/ws/optimization";
}
