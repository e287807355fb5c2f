using System.Net;
using System.Net.Security;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>
/// <c>--health</c>: asks a running gateway whether it is ready, for places without another program that could ask, such as a container
/// image without a shell.
/// </summary>
internal static class HealthProbe
{
    /// <summary>Less than the 5 s or more after which orchestrators give up a probe.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="args">The gateway's URL with its path base, and settings; without the URL the gateway that these settings start.</param>
    /// <returns>The exit code: 0 if it is ready, else 1. A line shows the answer.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var url = args is [{ } first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : null;
        var settings = SettingsSources.CreateBuilder(url is null ? args : args[1..]).Configuration;
        if (Target(url, settings) is not { } target)
        {
            await Console.Error.WriteLineAsync(
                url is null
                    ? "The settings don't tell where the gateway listens. Name it: --health http://127.0.0.1:8080"
                    : $"'{url}' is no http:// or https:// URL."
            );
            return 1;
        }

        using var http = new HttpClient(Transport(target)) { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(target);
            var details = await answer.Content.ReadAsStringAsync();
            Console.WriteLine(
                $"{(answer.StatusCode == HttpStatusCode.OK ? "Ready" : "Not ready")}: {target} answers {(int)answer.StatusCode} {details}"
            );
            return answer.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"Not ready: {target} doesn't answer: {e.Message}");
            return 1;
        }
    }

    private static Uri? Target(string? url, ConfigurationManager settings)
    {
        var own =
            url is null ? ListenUrls.Own(settings, GatewayUrl.Default)
            : Uri.TryCreate(url, UriKind.Absolute, out var given) ? given
            : null;
        if (own is not { Scheme: "http" or "https" })
        {
            return null;
        }

        var pathBase = url is null ? settings[$"{GatewayOptions.Section}:{nameof(GatewayOptions.PathBase)}"] : null;
        return new Uri($"{own.GetLeftPart(UriPartial.Path).TrimEnd('/')}{pathBase}{HealthEndpoints.ReadyPath}");
    }

    private static SocketsHttpHandler Transport(Uri target) =>
        new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions =
            {
                // A certificate for this machine's loopback address is rare, and nobody else can answer there.
                RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || target.IsLoopback,
            },
        };
}
