using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>The inspector's page in Chromium, with viewers of every kind behind it.</summary>
[Collection(Turns.Looks)]
public sealed class InspectorPageTests(Chromium chromium, RunningConsole shared)
{
    [Fact]
    public async Task An_operator_finds_who_missed_it_and_why_and_lets_them_reconnect()
    {
        var (_, _, installation, backend) = await shared.FreshAsync();
        // The key is kept for a tab.
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        await using var phone = await ViewerAsync(installation, "Phone/1", "scripted-a");
        await using var desk = await ViewerAsync(installation, "Desk/1", "scripted-b");

        await browser.OpenAsync(Inspector);
        await page.UntilAsync("document.querySelector('#key-form')");
        Assert.Empty(await page.BarriersAsync());
        await EnterAsync(page, browser, "wrong");
        await page.UntilAsync("document.querySelector('#key-refused')");
        Assert.Empty(await page.BarriersAsync());
        browser.Complaints.Clear();
        await EnterAsync(page, browser, RunningConsole.InspectorKey);
        await page.UntilAsync("document.querySelectorAll('#list tbody tr').length === 2");

        await page.TabToAsync("#search");
        await browser.TypeAsync("phone");
        await page.UntilAsync("document.querySelectorAll('#list tbody tr').length === 1");
        await page.TabToAsync("#list .who a");
        await browser.PressAsync("Enter");
        await page.UntilAsync("document.querySelector('.subscription .why')?.textContent.includes('newest event')");
        Assert.Equal("Event 3 of 3", await page.ReadAsync(".progress small"));
        Assert.Equal(3, (int)(await browser.EvaluateAsync("document.querySelectorAll('#timeline li').length"))!);

        await page.TabToAsync("#close");
        await browser.PressAsync("Enter");
        await page.UntilAsync("document.querySelector('dialog').open");
        Assert.Empty(await page.BarriersAsync());
        await page.TabToAsync("[data-close=reconnect]");
        await browser.PressAsync("Enter");
        await page.UntilAsync("document.querySelector('#about')?.dataset.state === 'ended'");

        await phone.ClosedAsync();
        Assert.Equal(1012, (int?)phone.CloseStatus);
        Assert.StartsWith(
            "It had come to event 3 when the connection ended.",
            await page.ReadAsync(".subscription .why"),
            StringComparison.Ordinal
        );
        Assert.Equal("ended", await page.ReadAsync(".subscription .state"));
        Assert.StartsWith("ClosedByOperator at", await page.ReadAsync("#end"), StringComparison.Ordinal);
        Assert.Empty(await page.BarriersAsync());
        Assert.Equal("pong", (string?)(await desk.SettleAsync())[^1]["type"]);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task An_operator_lets_many_reconnect_that_are_like_a_filter()
    {
        var (_, _, installation, backend) = await shared.FreshAsync();
        // The key is kept for a tab.
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        await using var phone = await ViewerAsync(installation, "Phone/1", "scripted-a");
        await using var other = await ViewerAsync(installation, "Phone/2", "scripted-b");
        await using var desk = await ViewerAsync(installation, "Desk/1", "scripted-b");

        await browser.OpenAsync(Inspector);
        await page.UntilAsync("document.querySelector('#key-form')");
        await EnterAsync(page, browser, RunningConsole.InspectorKey);
        await page.UntilAsync("document.querySelectorAll('#list tbody tr').length === 3");
        await page.TabToAsync("#search");
        await browser.TypeAsync("phone");
        await page.UntilAsync("document.querySelectorAll('#list tbody tr').length === 2");
        await page.TabToAsync("#close-many");
        await browser.PressAsync("Enter");
        await page.UntilAsync("document.querySelector('dialog').open");
        Assert.Empty(await page.BarriersAsync());
        await page.TabToAsync("[data-close-many=reconnect]");
        await browser.PressAsync("Enter");
        await page.UntilAsync("document.querySelector('#closed-many').textContent.startsWith('2 of 2')");

        await Task.WhenAll(phone.ClosedAsync(), other.ClosedAsync());
        Assert.Equal((1012, 1012), ((int?)phone.CloseStatus, (int?)other.CloseStatus));
        Assert.Equal("pong", (string?)(await desk.SettleAsync())[^1]["type"]);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task It_has_no_barriers_and_fits_in_either_colour_on_a_desk_or_a_phone()
    {
        var (_, _, installation, backend) = await shared.FreshAsync();
        // The key is kept for a tab.
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 3), Say.Replay(Say.Events(1, 3))));
        await using var good = await ViewerAsync(
            installation,
            "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
            "scripted-a"
        );
        await using var failed = await installation.ConnectAsync();
        await failed.SubscribeAsync("no-such-job", 0);
        await failed.UntilAsync("error");
        var gone = await ViewerAsync(installation, "Gone/1", "scripted-a");
        await gone.CloseAsync();

        await browser.OpenAsync(Inspector);
        await page.UntilAsync("document.querySelector('#key-form')");
        await page.AssertFitsAsync();
        await EnterAsync(page, browser, RunningConsole.InspectorKey);
        await page.UntilAsync("document.querySelectorAll('#list tbody tr').length === 2");
        Assert.Equal("failed", await page.ReadAsync("#list tbody tr .state"));
        await page.AssertFitsAsync();
        await page.ClickAsync("#list tbody tr:last-child .who a");
        await page.UntilAsync("document.querySelector('#timeline li')");
        await page.AssertFitsAsync();
        await page.ClickAsync(".subscription h3 a");
        await page.UntilAsync("document.querySelector('#watches tbody tr') && document.querySelector('#ended tbody tr')");
        await page.AssertFitsAsync();
        await browser.OpenAsync($"{Inspector}?ended");
        await page.UntilAsync("document.querySelector('#ended tbody tr')");
        await page.AssertFitsAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task While_the_gateway_is_away_it_says_so_and_then_goes_on()
    {
        var (_, _, installation, _) = await shared.FreshAsync();
        // The key is kept for a tab.
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        await browser.OpenAsync(Inspector);
        await page.UntilAsync("document.querySelector('#key-form')");
        await EnterAsync(page, browser, RunningConsole.InspectorKey);
        await page.UntilAsync("document.querySelector('#nobody')?.textContent === 'Nobody is connected.'");

        await installation.Gateway.KillAsync();
        await page.UntilAsync("document.querySelector('#away')?.textContent.startsWith('The gateway doesn’t answer.')");
        Assert.Empty(await page.BarriersAsync());
        await installation.Gateway.StartAsync();
        await page.UntilAsync("!document.querySelector('#away')");

        // Whoever has the tab has the key, until it is forgotten.
        await browser.OpenAsync($"{Inspector}?ended");
        await page.UntilAsync("document.querySelector('#nobody')?.textContent.startsWith('None has ended')");
        await page.ClickAsync("#forget");
        await page.UntilAsync("document.querySelector('#key-form') && sessionStorage.length === 0");
    }

    private string Inspector => $"{shared.InspectorUrl}/";

    private static async Task<TestClient> ViewerAsync(Installation installation, string userAgent, string jobId)
    {
        var viewer = await installation.ConnectAsync(userAgent);
        try
        {
            await viewer.SubscribeAsync(jobId, 0);
            await viewer.UntilAsync("replay");
            return viewer;
        }
        catch
        {
            // The next test counts who is connected.
            await viewer.DisposeAsync();
            throw;
        }
    }

    private static async Task EnterAsync(ConsolePage page, BrowserWindow browser, string key)
    {
        await page.TabToAsync("[name=key]");
        await browser.EvaluateAsync("document.querySelector('[name=key]').value = ''");
        await browser.TypeAsync(key);
        await browser.PressAsync("Enter");
    }
}
