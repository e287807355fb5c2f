using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Health;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Sockets;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway;

/// <summary>Puts the gateway together: for its own program, for the demo, and for tests.</summary>
public static class GatewayHost
{
    /// <summary>Where it listens unless <c>Urls</c> says otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <param name="args">The command line: settings as <c>--Gateway:Backends:local:Address=…</c>.</param>
    /// <param name="configure">Changes the composition before it is built.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Stuck streams cost memory up to their window; left to itself it grows to 16 MB each.
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", isEnabled: true);

        // A header line ends with CR and LF. A server that takes a bare LF sees other requests than a proxy in front of it that doesn't.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);

        var builder = WebApplication.CreateBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        AddLogging(builder);
        AddServer(builder);
        AddGateway(builder.Services);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseStatusCodePages(Problem.WriteMissingAsync);
        app.Use(GatheringUpgrade.Invoke);
        var pings = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Limits.PingInterval;
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = pings, KeepAliveTimeout = pings });
        app.Map(GatewayEndpoint.Path, app.Services.GetRequiredService<GatewayEndpoint>().InvokeAsync);
        HealthEndpoints.Map(app);
        ConsolePage.Map(app);
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        metrics.ObserveOutboxes(() => app.Services.GetRequiredService<SessionRegistry>().QueuedBytes);
        metrics.ObserveBackends(() =>
            app.Services.GetRequiredService<BackendRegistry>().All.Select(backend => (backend.Name, !backend.IsTroubled))
        );
        return app;
    }

    private static void AddGateway(IServiceCollection services)
    {
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidation>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayMetrics>();
        services.TryAddSingleton<NameLookup>(Dns.GetHostAddressesAsync);
        services.AddSingleton<BackendRegistry>();
        services.AddSingleton(provider => new Admission(
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Limits,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<CallerPolicy>();
        services.AddSingleton<GatewayEndpoint>();
        services.AddHostedService<SessionDrain>();
        services
            .AddOptions<HostOptions>()
            .Configure<IOptions<GatewayOptions>>((host, gateway) => host.ShutdownTimeout = gateway.Value.Drain.ShutdownTimeout);
        services
            .AddHealthChecks()
            .AddCheck<LifeCheck>(LifeCheck.Name, tags: [HealthEndpoints.Ready])
            .AddCheck<BackendsCheck>(BackendsCheck.Name, tags: [HealthEndpoints.Ready]);
    }

    private static void AddServer(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IConnectionListenerFactory, LoopbackListening>();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = PromptListenSocket.Create);
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<GatewayOptions>>(
                (kestrel, gateway) =>
                {
                    kestrel.Limits.RequestHeadersTimeout = gateway.Value.Limits.RequestHeadersTimeout;
                    kestrel.Limits.KeepAliveTimeout = gateway.Value.Limits.IdleHttpTimeout;
                }
            );
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // What stops the start is told by GatewayProgram in one line; hosting would add a stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        // A backend that goes away is the gateway's daily bread, told once per outage by its own log; the client library has an error for each stream.
        builder.Logging.AddFilter("Grpc", LogLevel.Critical);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);

        // Not to be ready while it drains is no error of the gateway's, however often a balancer asks.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
    }
}
