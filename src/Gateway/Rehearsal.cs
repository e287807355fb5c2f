using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Configuration;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway;

/// <summary>
/// The start as it would be, with everything taken out that reaches beyond the process: it doesn't listen, connect, look up names or log.
/// So whatever the start checks is checked here too, whoever adds it.
/// </summary>
internal sealed class Rehearsal
{
    private readonly List<string> faults = [];

    /// <summary>What would stop the start, all of it.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>The settings from wherever they come; null where they can't even be read.</summary>
    public IConfigurationRoot? Configuration { get; private set; }

    /// <summary>The same, as the gateway takes them. What can't be read is at its default.</summary>
    public GatewayOptions Options { get; } = new();

    /// <summary>Where it would listen.</summary>
    public IReadOnlyCollection<string> Urls { get; private set; } = [];

    public static async Task<Rehearsal> RunAsync(string[] args)
    {
        var rehearsal = new Rehearsal();
        try
        {
            await rehearsal.StartAsync(GatewayHost.Build(args, rehearsal.Prepare));
        }
        catch (OptionsValidationException e)
        {
            rehearsal.faults.AddRange(e.Failures.Select(SecretText.Hide));

            // The settings stopped it before the addresses' turn came.
            await rehearsal.ListenAsync(args);
        }
        catch (Exception e)
        {
            rehearsal.faults.Add(StartFault.Of(e));
        }

        return rehearsal;
    }

    private async Task ListenAsync(string[] args)
    {
        try
        {
            var builder = GatewayHost.CreateBuilder(args);
            GatewayHost.ListenByDefault(builder);
            Prepare(builder);
            await StartAsync(builder.Build());
        }
        catch (Exception e)
        {
            faults.Add(StartFault.Of(e));
        }
    }

    private void Prepare(WebApplicationBuilder builder)
    {
        if (Configuration is null)
        {
            Configuration = builder.Configuration;
            new GatewayOptionsBinding(builder.Configuration).Configure(Options);
        }

        builder.Logging.ClearProviders();
        builder.Services.RemoveAll<IHostedService>();
        builder.Services.RemoveAll<IMultiplexedConnectionListenerFactory>();
        builder.Services.RemoveAll<IConnectionListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new ListeningRehearsal(Options.Security, faults));
        builder.Services.AddSingleton<NameLookup>((_, _) => Task.FromResult<IPAddress[]>([]));
    }

    private async Task StartAsync(WebApplication app)
    {
        await using (app)
        {
            await app.StartAsync();
            Urls = [.. app.Urls];
            await app.StopAsync();
        }
    }
}
