using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.Hosting.Tokens;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Callers;
using OptimizationGateway.LogServer.Http;
using OptimizationGateway.LogServer.Rpc;
using OptimizationGateway.LogServer.Settings;
using OptimizationGateway.LogServer.Telemetry;

namespace OptimizationGateway.LogServer;

/// <summary>Puts the log server together: for its own program, for a demo, and for tests.</summary>
public static class LogServerHost
{
    /// <summary>The log category of the lines about the authority.</summary>
    private const string AuthorityCategory = "OptimizationGateway.LogServer.Callers.AuthorityKeys";

    private static readonly Exporters Exporters = new()
    {
        ServiceName = "optimization-log-server",
        MeterName = LogServerMetrics.MeterName,
        EndpointVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"],
    };

    /// <summary>
    /// Builds the log server without starting it. Bad settings are thrown here, a log that can't be opened and a taken port by
    /// <see cref="WebApplication.StartAsync"/>.
    /// </summary>
    /// <param name="args">Settings, such as <c>--LogServer:HttpUrl=http://127.0.0.1:0</c>.</param>
    /// <param name="configure">Called last, and so with the last word.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CreateBuilder(args);
        ConsoleLogs.Add(builder);

        // A watch that fails is told by its status; only what nobody expects is an error.
        builder.Logging.AddFilter("Grpc", LogLevel.Error);
        AddOptions(builder.Services);
        Engine.Add(builder);
        AddFronts(builder.Services);
        Exporters.AddTo(builder, IsPrometheusOn(builder.Configuration));
        configure?.Invoke(builder);

        var app = builder.Build();
        Engine.Check(app.Services);
        UseFronts(app);
        return app;
    }

    /// <summary>The URLs of a log server that has started: of HTTP, and of gRPC.</summary>
    public static (string HttpUrl, string GrpcUrl) AddressesOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<ServerAddresses>();
        return (addresses.HttpUrl, addresses.GrpcUrl);
    }

    /// <summary>The place of the logs, in a line for people.</summary>
    public static string PlaceOf(WebApplication app) =>
        Engine.Describe(app.Services.GetRequiredService<IOptions<LogServerOptions>>().Value);

    /// <summary>Creates a builder with all sources of settings.</summary>
    internal static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Named, since a host's own name would be taken for it where it runs beside others.
        var builder = SettingsSources.CreateBuilder(
            new WebApplicationOptions { Args = args, ApplicationName = typeof(LogServerHost).Assembly.GetName().Name }
        );

        // Its own settings say where it listens; container images and other programs' environments name ports, too.
        builder.WebHost.UseUrls();
        return builder;
    }

    private static bool IsPrometheusOn(IConfiguration settings) => Exporters.IsPrometheusOn(settings, LogServerOptions.Section);

    private static void AddOptions(IServiceCollection services)
    {
        services.AddOptions<LogServerOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<LogServerOptions>>(provider => new SettingsBinding<LogServerOptions>(
            provider.GetRequiredService<IConfiguration>(),
            LogServerOptions.Section
        ));
        services.AddSingleton<IValidateOptions<LogServerOptions>, LogServerValidation>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<LogServerOptions>>().Value.Limits);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<LogServerOptions>>().Value.Auth);
        services.AddSingleton<ServerAddresses>();
        services.ConfigureOptions<ServerKestrel>();
        services
            .AddOptions<HostOptions>()
            .Configure<IOptions<LogServerOptions>>((host, server) => host.ShutdownTimeout = server.Value.Drain.ShutdownTimeout);
    }

    private static void AddFronts(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LogServerMetrics>();
        TokenServices.Add(services, AuthorityCategory, provider => provider.GetRequiredService<AuthOptions>());
        services.AddSingleton<CallerDoor>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton<Appender>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<RefusalMiddleware>();

        // Its catch-all route for unknown services would shadow the answers of HTTP.
        services.AddGrpc(grpc =>
        {
            grpc.IgnoreUnknownServices = true;
            grpc.Interceptors.Add<GrpcDoor>();
        });
        services
            .AddOptions<Grpc.AspNetCore.Server.GrpcServiceOptions>()
            .Configure<LimitOptions>((grpc, limits) => grpc.MaxReceiveMessageSize = limits.BatchBytes);
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<LifeCheck>("server").AddJobLogsCheck();
    }

    private static void UseFronts(WebApplication app)
    {
        app.UseStatusCodePages(Problem.WriteMissingAsync);
        app.UseRouting();
        app.Map(EventsEndpoint.Path, app.Services.GetRequiredService<RefusalMiddleware>().InvokeAsync);
        HealthEndpoints.Map(app);
        if (IsPrometheusOn(app.Configuration))
        {
            Exporters.MapPrometheus(app);
        }

        app.MapWatchJob();
        app.MapJobs();
        app.MapGrpcService<EventLogGrpcService>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }
}
