using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.LogServer.Tests.Harness;

/// <summary>The log server in this process, on free ports, with a log of its own.</summary>
internal sealed class LogServerRun : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TempFolder folder;

    private LogServerRun(WebApplication app, TempFolder folder)
    {
        (this.app, this.folder) = (app, folder);
        Client = NewClient();
    }

    public LogServerClient Client { get; }

    public Uri HttpUrl => new(LogServerHost.AddressesOf(app).HttpUrl);

    public Uri GrpcUrl => new(LogServerHost.AddressesOf(app).GrpcUrl);

    /// <param name="clock">The clock; null: the system's.</param>
    /// <param name="settings">As <c>Limits:Jobs=3</c>; one of another section as <c>/Kestrel:…</c>.</param>
    public static async Task<LogServerRun> StartAsync(TimeProvider? clock = null, params string[] settings)
    {
        var folder = new TempFolder();
        var app = LogServerHost.Build(
            [
                "--LogServer:HttpUrl=http://127.0.0.1:0",
                "--LogServer:GrpcUrl=http://127.0.0.1:0",
                $"--LogServer:Sqlite:Path={folder.Path}",
                .. settings.Select(setting => setting.StartsWith('/') ? $"--{setting[1..]}" : $"--LogServer:{setting}"),
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                if (clock is not null)
                {
                    builder.Services.AddSingleton(clock);
                }
            }
        );
        try
        {
            await app.StartAsync(Deadline.Token);
            return new LogServerRun(app, folder);
        }
        catch
        {
            await app.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    public LogServerClient NewClient() => new(HttpUrl, GrpcUrl);

    public Task StopAsync() => app.StopAsync(Deadline.Token);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        folder.Dispose();
    }
}
