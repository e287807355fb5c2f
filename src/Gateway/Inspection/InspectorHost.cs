using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Transports;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Runs the inspector on a server of its own, so that the two ports share no path. It starts before the gateway's server and stops
/// after it, so operators can look while connections are drained.
/// </summary>
internal sealed class InspectorHost(
    IServiceProvider gateway,
    InspectorOptions options,
    SessionLimits limits,
    IConfiguration configuration,
    IHostEnvironment environment,
    TimeProvider time,
    ILoggerFactory loggers,
    ILogger<InspectorHost> logger
) : IHostedService, IAsyncDisposable
{
    /// <summary>The service key of the listener that takes the inspector's place in a dry run.</summary>
    public const string DryRun = "inspector";

    private const int MostBodyBytes = 4 * 1024;

    private readonly InspectorConnections connections = new();
    private WebApplication? app;

    /// <summary>The URL it listens on; null if there is no inspector.</summary>
    public string? Url { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.IsOn)
        {
            return;
        }

        app = Build(options.Url);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            var remedy = options.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                ? " Kestrel:Certificates:Default says which certificate it has."
                : "";
            throw new StartRefusedException($"The inspector can't listen on {options.Url} (Gateway:Inspector:Url): {e.Message}{remedy}");
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
        if (gateway.GetKeyedService<IConnectionListenerFactory>(DryRun) is { } dryListening)
        {
            builder.Services.AddSingleton(dryListening);
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
            kestrel.ConfigureEndpointDefaults(listen => listen.Use(connections.Bound));
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = limits.RequestHeadersTimeout;
            kestrel.Limits.KeepAliveTimeout = limits.IdleHttpTimeout;
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

    /// <summary>
    /// The certificates in the settings of the gateway's server, for an address with TLS. Nothing else of them counts here.
    /// </summary>
    private IConfiguration Certificates() =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                configuration
                    .GetSection("Kestrel:Certificates")
                    .AsEnumerable()
                    .Select(pair => KeyValuePair.Create(pair.Key["Kestrel:".Length..], pair.Value))
            )
            .Build();

    /// <summary>Leaves signals to the gateway: the inspector's host ends with it.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Opens the inspector's listening socket, with the gateway's own kind of listener.</summary>
internal sealed class InspectorListening(
    IOptions<SocketTransportOptions> transport,
    WaitingConnections waiting,
    TimeProvider time,
    ILoggerFactory loggers
) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(
            PatientListener.Bind(endpoint, transport.Value, waiting, time, loggers.CreateLogger<PatientListener>())
        );
}
