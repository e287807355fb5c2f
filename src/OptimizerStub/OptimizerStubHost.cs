using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Api;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Load;
using OptimizationGateway.OptimizerStub.Log;
using OptimizationGateway.OptimizerStub.Optimization;
using OptimizationGateway.OptimizerStub.Watch;

namespace OptimizationGateway.OptimizerStub;

/// <summary>Puts the optimizer together: for its own process, or beside others in a demo or a test.</summary>
public static class OptimizerStubHost
{
    /// <summary>
    /// Builds the optimizer without starting it. Bad settings, a log that can't be opened and a taken port are thrown by
    /// <see cref="WebApplication.StartAsync"/>. <see cref="StubAddresses"/> says afterwards where it listens.
    /// </summary>
    /// <param name="args">Settings, such as <c>--Stub:GrpcUrl=http://127.0.0.1:0</c>.</param>
    /// <param name="configure">Called last, and so with the last word.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Named, since a host's own name would be taken for it where it runs beside others.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ApplicationName = typeof(OptimizerStubHost).Assembly.GetName().Name }
        );
        AddLogging(builder);
        AddOptions(builder);
        AddOptimizer(builder.Services);
        AddFronts(builder.Services);
        configure?.Invoke(builder);

        var app = builder.Build();
        UseFronts(app);
        return app;
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        // Below every other source: whoever wants to hear more says so as always.
        var quiet = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:Grpc"] = "Warning",

            // The log itself says once when it can't be written; this would repeat it at every check.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",

            // It reports a failed start with a stack trace, and throws it as well: one is enough.
            ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
        };
        builder.Configuration.Sources.Insert(
            0,
            new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = quiet }
        );
        builder
            .Logging.ClearProviders()
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
                console.TimestampFormat = "HH:mm:ss ";
            });
    }

    private static void AddOptions(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StubOptions>().ValidateOnStart();
        builder.Services.AddSingleton<IConfigureOptions<StubOptions>, StubOptionsBinding>();
        builder.Services.AddSingleton<IValidateOptions<StubOptions>, StubOptionsValidator>();

        builder.Services.AddSingleton<StubAddresses>();
        builder.Services.ConfigureOptions<StubKestrel>();

        // Watches end at once; what is cut off after this is at most a client's idle reflection stream.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
    }

    private static void AddOptimizer(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DatasetCatalog>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<LoadJobs>();
        services.AddSingleton<StubJobLog>();

        // Stopped in reverse: first the requests, then the jobs, then the log that both write.
        services.AddJobLogs();
        services.ConfigureOptions<StubJobLogs>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<JobBoard>();
        services.AddHostedService(provider => provider.GetRequiredService<JobBoard>());
    }

    private static void AddFronts(IServiceCollection services)
    {
        // Its catch-all route for unknown services would shadow the 405s of the JSON API.
        services.AddGrpc(grpc => grpc.IgnoreUnknownServices = true);
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddJobLogsCheck();
        services.AddSingleton<BrowserGuard>();
        services.AddCors();
    }

    private static void UseFronts(WebApplication app)
    {
        app.UseExceptionHandler(fault => fault.Run(Problem.WriteBareAsync));
        app.UseStatusCodePages(bare => Problem.WriteBareAsync(bare.HttpContext));

        // A browser can't be made to speak HTTP/2 without TLS: what the guard is for can't come that way.
        app.UseWhen(http => !HttpProtocol.IsHttp2(http.Request.Protocol), json => json.UseMiddleware<BrowserGuard>());
        var origins = app.Configuration[$"{StubOptions.Section}:{nameof(StubOptions.AllowedOrigins)}"] ?? "";
        app.UseCors(cors => cors.WithOrigins(StubOptions.Listed(origins)).WithMethods("GET", "POST").WithHeaders("content-type"));

        app.MapJobsApi();
        app.MapWatchJob<StubJobLog>();
        app.MapJobs();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }
}
