using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Jobs;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Transports;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Requests;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway;

/// <summary>Puts the gateway together: for its own program, for the demo, and for tests.</summary>
public static class GatewayHost
{
    /// <summary>The address it listens on unless <c>Urls</c> is set.</summary>
    public const string DefaultUrl = GatewayUrl.Default;

    /// <summary>The log category of the lines about the authority: docs/operations.md has it.</summary>
    internal const string AuthorityCategory = "OptimizationGateway.Gateway.Security.AuthorityKeys";

    /// <summary>True if the page at / is part of this build; without Node.js it isn't.</summary>
    public static bool HasPage { get; } = PageFile.Exists("index.html");

    /// <param name="args">The command line: settings as <c>--Gateway:Backends:local:Address=…</c>.</param>
    /// <param name="configure">Changes the composition before it is built.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        OutOfMemory.EndsTheProcess();

        // Stuck streams cost memory up to their window; left to itself it grows to 16 MB each.
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", isEnabled: true);

        // A header line ends with CR and LF. A server that takes a bare LF sees other requests than a proxy in front of it that doesn't.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);

        var builder = GatewayBuilder.Create(args);
        GatewayBuilder.ListenByDefault(builder);
        ConsoleLogs.Add(builder);
        StrangersLines.Limit(builder.Services);
        GatewayExporters
            .Of(BackendsIn(builder.Configuration))
            .AddTo(builder, Exporters.IsPrometheusOn(builder.Configuration, GatewayOptions.Section));
        AddServer(builder);
        AddGateway(builder.Services);
        configure?.Invoke(builder);

        var app = builder.Build();
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        app.Use(WaitingConnection.FollowAsync);
        var forwarding = app.Services.GetRequiredService<Forwarding>();
        app.Use(forwarding.TellOfStrangersAsync);
        app.Use(forwarding.KeepProxiesEntriesAsync);
        app.UseForwardedHeaders();
        app.UseStatusCodePages(Problem.WriteMissingAsync);
        if (options.PathBase.Length > 0)
        {
            app.Use(new PathBase(options.PathBase).InvokeAsync);
        }

        app.UseRouting();
        app.Use(new ExactPaths(options.PathBase).InvokeAsync);
        app.Use(FrameUpgrade.InvokeAsync);
        var pings = options.Limits.PingInterval;
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = pings, KeepAliveTimeout = pings });
        app.Map(GatewayEndpoint.Path, app.Services.GetRequiredService<GatewayEndpoint>().InvokeAsync);
        app.Map(EventsEndpoint.Path, app.Services.GetRequiredService<EventsEndpoint>().InvokeAsync);
        app.Map(JobsEndpoint.ListPath, app.Services.GetRequiredService<JobsEndpoint>().ListAsync);
        app.Map(JobsEndpoint.JobPath, app.Services.GetRequiredService<JobsEndpoint>().GetAsync);
        HealthEndpoints.Map(app);
        DescriptionFile.Map(app, app.Services.GetRequiredService<CallerPolicy>());
        ConsolePage.Map(app, options.Console);
        if (options.Telemetry.Prometheus)
        {
            Exporters.MapPrometheus(app);
        }

        Gauges.Observe(app.Services);
        return app;
    }

    private static int BackendsIn(ConfigurationManager settings) =>
        settings.GetSection($"{GatewayOptions.Section}:{nameof(GatewayOptions.Backends)}").GetChildren().Count();

    private static void AddGateway(IServiceCollection services)
    {
        services.AddOptions<GatewayOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<GatewayOptions>>(provider => new SettingsBinding<GatewayOptions>(
            provider.GetRequiredService<IConfiguration>(),
            GatewayOptions.Section
        ));
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidation>();
        AddSlices(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayMetrics>();
        services.TryAddSingleton<NameLookup>(Dns.GetHostAddressesAsync);
        services.AddSingleton<BackendRegistry>();
        services.AddSingleton<WatchFactory>();
        services.AddSingleton(provider => MemoryBounds.Of(provider.GetRequiredService<SessionLimits>()));
        services.AddSingleton(provider => new HeldMemory(provider.GetRequiredService<MemoryPlan>().LimitBytes));
        services.AddSingleton(NewOutboxLimits);
        services.AddSingleton(NewFeedSet);
        services.AddSingleton<Admission>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton(NewSessionEnvironment);
        services.AddSingleton<Forwarding>();
        services
            .AddOptions<ForwardedHeadersOptions>()
            .PostConfigure<Forwarding>((forwarded, forwarding) => forwarding.Configure(forwarded));
        services.AddSingleton<CallerPolicy>();
        AddTokens(services);
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<FrontDoor>();
        services.AddSingleton<GatewayEndpoint>();
        services.AddSingleton<ReadDoor>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<JobCatalog>();
        services.AddSingleton<JobsEndpoint>();
        AddInspector(services);
        services.AddHostedService<Shedding>();
        services.AddHostedService<SessionDrain>();
        services.AddHostedService<SessionAging>();
        services
            .AddOptions<HostOptions>()
            .Configure<IOptions<GatewayOptions>>((host, gateway) => host.ShutdownTimeout = gateway.Value.Drain.ShutdownTimeout);
        services
            .AddHealthChecks()
            .AddCheck<LifeCheck>(LifeCheck.Name, tags: [HealthEndpoints.Ready])
            .AddCheck<BackendsCheck>(BackendsCheck.Name, tags: [HealthEndpoints.Ready]);
    }

    /// <summary>Registers the settings of each folder by themselves, so that no folder knows the settings as a whole.</summary>
    private static void AddSlices(IServiceCollection services)
    {
        Add<IReadOnlyDictionary<string, BackendOptions>>(options => options.Backends);
        Add(MemoryBounds.Upstream);
        Add(options => options.Limits);
        Add(options => options.Drain);
        Add(options => options.Http2);
        Add(options => options.Security);
        Add(options => options.Security.Jwt);
        Add(options => options.Proxies);
        Add(options => options.Translation);
        Add(options => options.Feeds);
        Add(options => options.Inspector);

        void Add<T>(Func<GatewayOptions, T> slice)
            where T : class => services.AddSingleton(provider => slice(provider.GetRequiredService<IOptions<GatewayOptions>>().Value));
    }

    private static FeedSet NewFeedSet(IServiceProvider services) =>
        new(
            services.GetRequiredService<WatchFactory>(),
            services.GetRequiredService<FeedOptions>(),
            services.GetRequiredService<HeldMemory>(),
            services.GetRequiredService<MemoryPlan>().SubscriptionBytes,
            services.GetRequiredService<TranslationOptions>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<GatewayMetrics>()
        );

    private static OutboxLimits NewOutboxLimits(IServiceProvider services)
    {
        var plan = services.GetRequiredService<MemoryPlan>();
        return new OutboxLimits(
            plan.SubscriptionBytes,
            SessionLimits.ControlBytes,
            plan.ConnectionBytes,
            services.GetRequiredService<HeldMemory>()
        );
    }

    private static SessionEnvironment NewSessionEnvironment(IServiceProvider services)
    {
        return new SessionEnvironment(
            services.GetRequiredService<SessionLimits>(),
            services.GetRequiredService<OutboxLimits>(),
            KeepsTimelines: services.GetRequiredService<InspectorOptions>().IsOn,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<GatewayMetrics>(),
            services.GetRequiredService<ILogger<Session>>()
        );
    }

    private static void AddInspector(IServiceCollection services)
    {
        services.AddSingleton<EndedConnections>();
        services.AddSingleton<SessionEndHandler>(provider => provider.GetRequiredService<EndedConnections>().Add);
        services.AddSingleton<Inspector>();
        services.AddSingleton<InspectorKeys>();
        services.AddSingleton<WrongKeys>();
        services.AddSingleton<InspectorDoor>();
        services.AddSingleton<InspectorHost>();
        services.AddHostedService(provider => provider.GetRequiredService<InspectorHost>());
    }

    private static void AddTokens(IServiceCollection services)
    {
        services.AddSingleton<IHttpContextFactory, LoggableRequests>();
        services.AddSingleton<CallerCheck>();
        TokenServices.Add(services, AuthorityCategory, provider => provider.GetRequiredService<JwtOptions>());
    }

    private static void AddServer(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(NewWaitingConnections);
        builder.Services.AddSingleton<IConnectionListenerFactory, LoopbackListening>();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = PromptListenSocket.Create);
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<GatewayOptions>>(
                (kestrel, gateway) =>
                {
                    kestrel.Limits.RequestHeadersTimeout = gateway.Value.Limits.RequestHeadersTimeout;
                    kestrel.Limits.KeepAliveTimeout = gateway.Value.Limits.IdleHttpTimeout;
                    var protocols = gateway.Value.Http2.Enabled ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                    kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
                }
            );
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
        });
    }

    /// <summary>Behind a known proxy many clients share its address.</summary>
    private static WaitingConnections NewWaitingConnections(IServiceProvider services)
    {
        var limits = services.GetRequiredService<IOptions<GatewayOptions>>().Value.Limits;
        var forwarding = services.GetRequiredService<Forwarding>();
        return new WaitingConnections(
            limits.WaitingConnectionsPerAddress,
            limits.WaitingConnections,
            services.GetRequiredService<TimeProvider>(),
            address => forwarding.IsKnown(address) ? null : ClientAddress.Of(address),
            services.GetRequiredService<ILogger<WaitingConnections>>()
        );
    }
}
