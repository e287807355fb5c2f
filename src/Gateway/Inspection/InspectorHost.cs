using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sockets;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Runs the inspector on a server of its own, so that nothing of it is on the gateway's port, and nothing of the gateway on its. It starts
/// before the gateway's server and stops after it: one can still look while connections are drained.
/// </summary>
internal sealed class InspectorHost(
    IServiceProvider gateway,
    IOptions<GatewayOptions> options,
    IConfiguration configuration,
    IHostEnvironment environment,
    TimeProvider time,
    ILoggerFactory loggers,
    ILogger<InspectorHost> logger
) : IHostedService, IAsyncDisposable
{
    /// <summary>The key of what listens in the place of the inspector where the start is only rehearsed.</summary>
    public const string Rehearsed = "inspector";

    /// <summary>More aren't needed by people who look, and each is a descriptor.</summary>
    private const int MostConnections = 100;

    private const int MostBodyBytes = 4 * 1024;

    private WebApplication? app;

    /// <summary>Where it listens; null where there is no inspector.</summary>
    public string? Url { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Inspector.IsOn)
        {
            return;
        }

        app = Build(options.Value.Inspector.Url);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            var remedy = options.Value.Inspector.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                ? " Kestrel:Certificates:Default says which certificate it has."
                : "";
            throw new StartRefusedException(
                $"The inspector can't listen on {options.Value.Inspector.Url} (Gateway:Inspector:Url): {e.Message}{remedy}"
            );
        }

        Url = app.Urls.Single();
        InspectorLog.Listens(logger, Url);
        if (new Uri(Url) is { IsLoopback: false, Scheme: "http" })
        {
            InspectorLog.ListensInTheClear(logger, Url);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private WebApplication Build(string url)
    {
        // Empty: what is configured for the gateway's server (Urls, Kestrel:Endpoints) must not reach this one.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = environment.ContentRootPath });
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(time);
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHttpContextFactory, LoggableRequests>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(url);
        if (gateway.GetKeyedService<IConnectionListenerFactory>(Rehearsed) is { } rehearsed)
        {
            builder.Services.AddSingleton(rehearsed);
        }
        else
        {
            builder.Services.AddSingleton(gateway.GetRequiredService<WaitingConnections>());
            builder.Services.AddSingleton<IConnectionListenerFactory, InspectorListening>();
        }

        builder.Services.Configure<SocketTransportOptions>(_ => { });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = options.Value.Limits.RequestHeadersTimeout;
            kestrel.Limits.KeepAliveTimeout = options.Value.Limits.IdleHttpTimeout;
            kestrel.Configure(Certificates());
        });

        var built = builder.Build();
        built.Use(WaitingConnection.FollowAsync);
        built.UseStatusCodePages(InspectorRoutes.WriteMissingAsync);
        built.UseRouting();
        built.Use(gateway.GetRequiredService<InspectorDoor>().InvokeAsync);
        InspectorRoutes.Map(built, gateway.GetRequiredService<Inspector>(), logger);
        InspectorPage.Map(built);
        return built;
    }

    /// <summary>Of the settings of the gateway's server only the certificates, for an address with TLS.</summary>
    private IConfiguration Certificates() =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                configuration
                    .GetSection("Kestrel:Certificates")
                    .AsEnumerable()
                    .Select(pair => KeyValuePair.Create(pair.Key["Kestrel:".Length..], pair.Value))
            )
            .Build();

    /// <summary>It ends with the gateway; signals are the gateway's to hear.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
