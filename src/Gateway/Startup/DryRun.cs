using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>Composes the gateway.</summary>
/// <param name="args">The command line.</param>
/// <param name="configure">Changes the composition before it is built.</param>
internal delegate WebApplication BuildGateway(string[] args, Action<WebApplicationBuilder>? configure = null);

/// <summary>
/// The start as it would be, with everything taken out that reaches beyond the process: it doesn't listen, connect, look up names or log.
/// So every check of the start is made here too.
/// </summary>
internal sealed class DryRun
{
    private readonly BuildGateway build;

    private DryRun(BuildGateway build) => this.build = build;

    /// <summary>Disposing the exporters would send their data.</summary>
    private const string WithoutExporters = "--OTEL_SDK_DISABLED=true";

    private readonly List<string> faults = [];

    /// <summary>Everything that would stop the start.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>The settings of all sources; null if they can't be read.</summary>
    public IConfigurationRoot? Configuration { get; private set; }

    /// <summary>The same settings, bound to options. Unreadable ones have their defaults.</summary>
    public GatewayOptions Options { get; } = new();

    /// <summary>The addresses it would listen on.</summary>
    public IReadOnlyCollection<string> Urls { get; private set; } = [];

    public static async Task<DryRun> RunAsync(string[] args, BuildGateway build)
    {
        var dryRun = new DryRun(build);
        try
        {
            dryRun.Configuration = GatewayBuilder.Create(args).Configuration;
            new SettingsBinding<GatewayOptions>(dryRun.Configuration, GatewayOptions.Section).Configure(dryRun.Options);
        }
        catch (Exception e)
        {
            dryRun.faults.Add(GatewayFault.Of(e));
            return dryRun;
        }

        await dryRun.StartAsync([.. args, WithoutExporters]);
        return dryRun;
    }

    private async Task StartAsync(string[] args)
    {
        try
        {
            await StartAsync(build(args, Prepare));
        }
        catch (OptionsValidationException e)
        {
            faults.AddRange(e.Failures.Select(SecretText.Hide));

            // The settings stopped it before the server's turn came.
            await ListenAsync(args);
        }
        catch (Exception e)
        {
            AddServerFault(e);
        }
    }

    private async Task ListenAsync(string[] args)
    {
        try
        {
            var builder = GatewayBuilder.Create(args);
            GatewayBuilder.ListenByDefault(builder);
            Prepare(builder);
            await StartAsync(builder.Build());
        }
        catch (Exception e)
        {
            AddServerFault(e);
        }
    }

    /// <summary>Checks the addresses that the server didn't reach: it stops at its first fault, such as a missing certificate.</summary>
    private void AddServerFault(Exception fault)
    {
        faults.Add(GatewayFault.Of(fault));
        var endpoints = ListenUrls.Of(Configuration!).Select(EndPointOf).OfType<IPEndPoint>();
        faults.AddRange(endpoints.Select(endpoint => LoopbackListening.WhyNot(Options.Security, endpoint)).OfType<string>());
    }

    private async Task StartInspectorAsync(InspectorHost? inspector)
    {
        if (inspector is null)
        {
            return;
        }

        try
        {
            await inspector.StartAsync(CancellationToken.None);
            await inspector.StopAsync(CancellationToken.None);
        }
        catch (StartRefusedException e)
        {
            faults.Add(GatewayFault.Of(e));
        }
    }

    /// <summary>True if the gateway wouldn't listen there.</summary>
    public bool IsRefused(string url) =>
        EndPointOf(url) is { } endpoint && LoopbackListening.WhyNot(Options.Security, endpoint) is not null;

    private static IPEndPoint? EndPointOf(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return IPAddress.TryParse(address.Host, out var ip) ? new IPEndPoint(ip, address.Port) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void Prepare(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.RemoveAll<IHostedService>();
        builder.Services.RemoveAll<IMultiplexedConnectionListenerFactory>();
        builder.Services.RemoveAll<IConnectionListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new DryListening(Options.Security, faults));
        builder.Services.AddKeyedSingleton<IConnectionListenerFactory>(
            InspectorHost.DryRun,
            // Requests to the inspector need a key, wherever it listens.
            new DryListening(new SecurityOptions { AllowAnonymous = true }, faults)
        );
        builder.Services.AddSingleton<NameLookup>((_, _) => Task.FromResult<IPAddress[]>([]));
    }

    private async Task StartAsync(WebApplication app)
    {
        await using (app)
        {
            await app.StartAsync();
            Urls = [.. app.Urls];
            await StartInspectorAsync(app.Services.GetService<InspectorHost>());
            await app.StopAsync();
        }
    }
}
