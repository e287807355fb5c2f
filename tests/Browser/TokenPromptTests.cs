using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Browser.Tests;

/// <summary>The page of a gateway that asks for tokens: it says so, takes one, keeps it for its tab, and asks again when it has expired.</summary>
public sealed class TokenPromptTests(Chromium chromium)
{
    /// <summary>Kept by a page of an earlier version, say: no WebSocket takes it, so no gateway can answer.</summary>
    [Fact]
    public async Task A_kept_token_that_can_not_be_sent_does_not_lock_the_page()
    {
        using var keys = new KeyFolder();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, [keys.PemSetting, .. JwtText.Settings]);
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        await browser.OpenAsync($"{gateway.HttpUrl}");
        await browser.EvaluateAsync("sessionStorage.setItem('gateway-token', 'in two words')");
        await browser.OpenAsync($"{gateway.HttpUrl}?job=job-1");
        await page.UntilAsync("document.querySelector('#token')");

        await browser.EvaluateAsync($"document.querySelector('#token input').value = '{JwtText.Make(keys.Rsa)}'");
        await page.ClickAsync("#token button");
        await page.UntilConnectionAsync("open");
    }

    [Fact]
    public async Task The_page_asks_for_a_token_uses_it_and_asks_again_when_it_has_expired()
    {
        using var keys = new KeyFolder();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var log = new SharedLog();
        log.Append(2);
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        await using var gateway = await TestGateway.StartAsync(
            backend.Url,
            clock,
            [keys.PemSetting, "Gateway:Security:Jwt:JobsClaim=jobs", .. JwtText.Settings]
        );
        await using var browser = await chromium.OpenAsync();
        var page = new ConsolePage(browser);
        await browser.OpenAsync($"{gateway.HttpUrl}?job=job-1");
        await page.UntilAsync("document.querySelector('#token')");
        Assert.Equal("This gateway asks for a token", await page.ReadAsync("#token-title"));
        Assert.True(await page.IsAsync("document.activeElement.name === 'token'"), "One can begin to type.");
        Assert.False(await page.IsAsync("document.querySelector('#job-error')"));
        Assert.Empty(await page.BarriersAsync());

        await EnterAsync("in two words");
        await page.UntilAsync("document.querySelector('#token-fault')?.textContent.includes('no token')");
        Assert.Empty(await page.BarriersAsync());
        Assert.True(await page.IsAsync("sessionStorage.getItem('gateway-token') === null"), "What can't be a token isn't kept.");
        await EnterAsync("Bearer nonsense");
        await page.UntilAsync("document.querySelector('#token-title')?.textContent.includes('was refused')");
        var lifetime = TimeSpan.FromSeconds(8);
        var expires = (clock.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        await EnterAsync(JwtText.Make(keys.Ec, c => (c["exp"], c["jobs"]) = (expires, "job-*"), now: clock.GetUtcNow()));
        await page.UntilConnectionAsync("open");
        Assert.False(await page.IsAsync("document.querySelector('#token')"));
        await page.UntilEventAfterAsync(1);

        await browser.OpenAsync($"{gateway.HttpUrl}?job=job-2");
        await page.UntilAsync("location.search === '?job=job-2' && document.readyState === 'complete'");
        await page.UntilConnectionAsync("open");

        clock.Advance(lifetime);
        await page.UntilAsync("document.querySelector('#token')");
        Assert.Equal("The token has expired: enter a fresh one", await page.ReadAsync("#token-title"));
        Assert.True(await page.IsAsync("sessionStorage.getItem('gateway-token') === null"), "What has expired is forgotten.");
        log.Append(1);
        await EnterAsync(JwtText.Make(keys.Rsa, c => c["jobs"] = "job-*", now: clock.GetUtcNow()));
        await page.UntilConnectionAsync("open");
        await page.UntilEventAfterAsync(2);
        Assert.Equal([1, 2, 3], await page.EventIdsAsync());
        // The page may ask for its list just before it hears that its token is refused; the browser itself complains of that answer.
        Assert.DoesNotContain(browser.Complaints, complaint => !IsRefusedList(complaint, gateway));

        async Task EnterAsync(string token)
        {
            await browser.EvaluateAsync($"document.querySelector('#token input').value = '{token}'");
            await page.ClickAsync("#token button");
        }
    }

    private static bool IsRefusedList(string complaint, TestGateway gateway) =>
        complaint.Contains("status of 401", StringComparison.Ordinal)
        && complaint.Contains($" {gateway.HttpUrl}jobs?", StringComparison.Ordinal);
}
