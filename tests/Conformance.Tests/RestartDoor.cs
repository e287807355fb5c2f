using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>Kills a process with -9 and starts it again, when a command asks for it.</summary>
internal sealed class RestartDoor(WebApplication app) : IAsyncDisposable
{
    public string Command => Curl.Post(new Uri(app.Urls.Single()));

    public static async Task<RestartDoor> OpenAsync(ProgramProcess process)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost(
            "/",
            async () =>
            {
                await process.KillAsync();
                await process.StartAsync();
                return Results.Ok();
            }
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RestartDoor(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
