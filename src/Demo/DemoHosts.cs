using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Gateway;
using OptimizationGateway.LogServer;
using OptimizationGateway.OptimizerStub;

namespace OptimizationGateway.Demo;

/// <summary>The three hosts, told of each other by settings that stand below all others, so that anyone can change them.</summary>
internal static class DemoHosts
{
    public static WebApplication BuildStub(string[] args) =>
        OptimizerStubHost.Build(
            args,
            builder =>
            {
                AddDefaults(builder, ("Stub:AllowedOrigins", string.Join(',', Origins(builder.Configuration["Urls"]))));

                // Ctrl+C is the gateway's to hear; it stops first.
                builder.Services.AddSingleton<IHostLifetime, StoppedByHand>();

                // Urls is the gateway's; that the stub listens elsewhere is no news.
                builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
            }
        );

    public static WebApplication BuildLogServer(string[] args) =>
        LogServerHost.Build(
            args,
            builder =>
            {
                builder.Services.AddSingleton<IHostLifetime, StoppedByHand>();
                UsersJobs.Guard(builder.Services);
                builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
            }
        );

    public static WebApplication BuildGateway(string[] args, StubAddresses stub, string logsUrl) =>
        GatewayHost.Build(
            args,
            builder =>
            {
                AddDefaults(
                    builder,
                    ("Gateway:Backends:stub:Address", stub.GrpcUrl),
                    ("Gateway:Backends:stub:JobIds", string.Join(',', UsersJobs.Optimizers.Select(prefix => $"{prefix}*"))),
                    ("Gateway:Backends:logs:Address", logsUrl),
                    ("Gateway:Console:JobsApiUrl", stub.HttpUrl)
                );

                // A start that fails is told by its exception; the host would log it with a stack as well.
                builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            }
        );

    public static string DataDirectory(WebApplication stub) => Path.GetFullPath(stub.Configuration["Stub:DataDirectory"] ?? "data");

    /// <summary>The page's origins, by both names of this machine: the jobs API is on another port, and so has to allow them.</summary>
    private static IEnumerable<string> Origins(string? urls) =>
        from url in (string.IsNullOrEmpty(urls) ? GatewayHost.DefaultUrl : urls).Split(';')
        let address = Parse(url)
        from host in new[] { address.Host, "127.0.0.1", "localhost" }.Distinct(StringComparer.OrdinalIgnoreCase)
        select $"{address.Scheme}://{host}:{address.Port}";

    private static BindingAddress Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Port > 0
                ? address
                : throw new StartFailedException(
                    $"Urls can't leave the port open ({url}): the jobs API has to know where the page comes from."
                );
        }
        catch (FormatException cause)
        {
            throw new StartFailedException($"Urls can't be '{url}': an address is http://127.0.0.1:8080, say.", cause);
        }
    }

    private static void AddDefaults(WebApplicationBuilder builder, params (string Key, string Value)[] settings) =>
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0,
            new MemoryConfigurationSource { InitialData = settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)) }
        );

    private sealed class StoppedByHand : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
