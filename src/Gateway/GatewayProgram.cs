using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.Gateway;

/// <summary>The command line: help, version, and a start that either works or says what to change.</summary>
internal static class GatewayProgram
{
    private const string Help = """
        OptimizationGateway: lets browsers watch optimization jobs live, over WebSocket, from gRPC backends.

        Usage: dotnet run --project src/Gateway -- --Gateway:Backends:<name>:Address=<url> [settings]

        Settings (command line --Name=value, environment Name__Sub=value, or appsettings.json):
          Urls                                 the addresses to listen on (default http://127.0.0.1:8080)
          Gateway:Backends:<name>:Address      a backend that serves WatchJob: http:// or https:// URL, or dns:///name:port
          Gateway:Backends:<name>:Addresses    its replicas instead: URLs separated by commas
          Gateway:Backends:<name>:JobIds       its jobs: patterns separated by commas, such as dspy-* (default *; the most exact pattern wins)
          Gateway:Backends:<name>:Tls:…        authorities and the gateway's own certificate: see docs/settings.md
          Gateway:Backends:<name>:Metadata:<key>  gRPC metadata that every call carries
          Gateway:Console:JobsApiUrl           a jobs API for the page at / (default none)
          Gateway:Security:Jwt:…               ask callers for tokens: Authority or PublicKeyFile, Issuer, Audience: see docs/security.md
          Gateway:Backends:<name>:ForwardAuthorization  true: the backend gets the caller's token
          Gateway:Security:AllowAnonymous      true: listen beyond this machine without authentication (default false)
          Gateway:Security:AllowedOrigins      origins of pages elsewhere that may connect (default none: same host only)
          Gateway:Security:AllowedHosts        host names to answer to, beside the loopback ones (default none)
          Gateway:Proxies:Known                addresses and networks of proxies in front, whose X-Forwarded-… headers count (default none)
          Gateway:PathBase                     a path that everything is under, such as /optimizer (default none)
          Gateway:Inspector:Url                the address of the operators' page about connections and jobs; needs a key (default none)
          Gateway:Limits:…, Gateway:Upstream:… limits and timeouts: see docs/settings.md

        Options:
          --help, --version
          --health [<url>]  asks a running gateway whether it is ready (exit code 0 or 1): the one at the url, or the one of these settings
          --check-config    with settings as above: prints the effective settings, their sources and every fault, then ends. It opens
                            no sockets. Exit code 0, or 1 if the gateway wouldn't start.

        Try it with the stub: dotnet run --project src/Demo
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Any(argument => argument is "--help" or "-h"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (args.Contains("--version", StringComparer.Ordinal))
        {
            Console.WriteLine(BuildVersion.Version);
            return 0;
        }

        if (args.Contains(ConfigReport.Option, StringComparer.Ordinal))
        {
            return await ConfigCheck.RunAsync(args, GatewayHost.Build);
        }

        using var hurry = new SecondSignal();
        var hasStarted = false;
        try
        {
            if (args is [HealthProbe.Option, .. var rest])
            {
                return await new HealthProbe("gateway", GatewayUrl.Default, OwnUrl).RunAsync(rest);
            }

            var faults = GatewayArguments.Faults(args).ToList();
            if (faults.Count > 0)
            {
                throw new StartRefusedException(string.Join(' ', faults));
            }

            await using var app = GatewayHost.Build(args);
            ServiceManager.Follow(app.Lifetime);
            await app.StartAsync();
            hasStarted = true;
            SettingsWarnings.Log(app, app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value);
            PrintWelcome(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (!hasStarted)
        {
            // Nearly always a setting's fault: what to change, without a stack.
            await Console.Error.WriteLineAsync($"The gateway doesn't start: {GatewayFault.Of(e)}");
            await Console.Error.WriteLineAsync("Run with --help for the settings.");
            return 1;
        }
    }

    /// <summary>The URL by which this machine reaches the gateway that these settings start; null if they don't tell.</summary>
    private static Uri? OwnUrl(string[] args)
    {
        var settings = GatewayBuilder.Create(args).Configuration;
        var url = ListenUrls.Own(settings, GatewayUrl.Default);
        var pathBase = settings[$"{GatewayOptions.Section}:{nameof(GatewayOptions.PathBase)}"];
        return url is null ? null : new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}{pathBase}");
    }

    private static void PrintWelcome(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        Console.WriteLine($"Version:    {BuildVersion.Text}");
        foreach (var url in app.Urls)
        {
            var page = $"{url}{(options.PathBase.Length > 0 ? $"{options.PathBase}/" : "")}";
            Console.WriteLine($"Page:       {(GatewayHost.HasPage ? page : $"not built; {page} says how to get it")}");
            Console.WriteLine($"WebSocket:  ws{url["http".Length..]}{options.PathBase}{GatewayEndpoint.Path}");
        }

        foreach (var backend in SettingsSummary.Backends(options))
        {
            Console.WriteLine($"Backend:    {backend}");
        }

        Console.WriteLine(SettingsSummary.Callers(options));
        Console.WriteLine(
            """Next: open the page, or connect a WebSocket client and send {"type":"subscribe","jobId":"<job id>","afterEventId":0}"""
        );
    }
}
