using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.Browser.Tests;

/// <summary>An empty page of another origin on this machine, from which a test does what a hostile one would.</summary>
internal sealed class ForeignPage : IAsyncDisposable
{
    private readonly WebApplication app;

    private ForeignPage(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public static async Task<ForeignPage> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", () => Results.Content("<!doctype html><title>elsewhere</title><p id=main>elsewhere", "text/html"));
        app.MapGet("/favicon.ico", () => Results.NoContent());
        await app.StartAsync();
        return new ForeignPage(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
