using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>Browser, gateway, stub and a backend to be scripted, for tests that leave them as they were.</summary>
public sealed class RunningConsole : IAsyncLifetime
{
    private Chromium browser = null!;
    private Installation installation = null!;
    private ScriptedBackend backend = null!;

    public async ValueTask InitializeAsync()
    {
        browser = await Chromium.StartAsync();
        backend = await ScriptedBackend.StartAsync();
        installation = await Installation.StartAsync(backend.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await installation.DisposeAsync();
        await backend.DisposeAsync();
    }

    /// <summary>Everything, with an empty page on a desk.</summary>
    internal async Task<(ConsolePage Page, Chromium Browser, Installation Installation, ScriptedBackend Backend)> FreshAsync()
    {
        await browser.OpenAsync("about:blank");
        await browser.PreferAsync("light");
        await browser.ResizeAsync(1280, 800);
        await browser.SlowDownAsync(times: 1);
        browser.Complaints.Clear();
        return (new ConsolePage(browser), browser, installation, backend);
    }
}
