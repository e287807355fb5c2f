using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>A window, gateway, stub and a backend to be scripted, for tests that take turns. What a test has killed is started again for the next one.</summary>
public sealed class RunningConsole(Chromium chromium) : IAsyncLifetime
{
    internal const string InspectorKey = "0123456789abcdef0123456789abcdef";

    private BrowserWindow browser = null!;
    private Installation installation = null!;
    private ScriptedBackend backend = null!;

    /// <summary>Where the gateway's inspector is.</summary>
    internal string InspectorUrl { get; } = Installation.LocalUrl();

    public async ValueTask InitializeAsync()
    {
        browser = await chromium.OpenAsync();
        backend = await ScriptedBackend.StartAsync();
        installation = await Installation.StartAsync(
            backend.Url,
            pathBase: "",
            $"Gateway:Inspector:Url={InspectorUrl}",
            $"Gateway:Inspector:Key={InspectorKey}",
            "Gateway:Drain:Time=00:00:01"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await installation.DisposeAsync();
        await backend.DisposeAsync();
    }

    /// <summary>Everything, with an empty page on a desk.</summary>
    internal async Task<(ConsolePage Page, BrowserWindow Browser, Installation Installation, ScriptedBackend Backend)> FreshAsync()
    {
        await installation.RestoreAsync();
        await browser.OpenAsync("about:blank");
        await browser.PreferAsync("light");
        await browser.ResizeAsync(1280, 800);
        await browser.SlowDownAsync(times: 1);
        browser.Complaints.Clear();
        return (new ConsolePage(browser), browser, installation, backend);
    }
}
