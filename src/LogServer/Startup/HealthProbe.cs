using System.Net;
using OptimizationGateway.LogServer.Http;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Startup;

/// <summary>
/// <c>--health</c>: asks a running log server whether it is ready, for places without another program that could ask, such as a container
/// image without a shell.
/// </summary>
internal static class HealthProbe
{
    /// <summary>Less than the 5 s or more after which orchestrators give up a probe.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="args">The log server's URL, or settings.</param>
    /// <returns>The exit code: 0 if it is ready, else 1. A line shows the answer.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var url = args is [{ } first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : null;
        if (Target(url ?? Own(args)) is not { } target)
        {
            await Console.Error.WriteLineAsync("Name the log server's URL, such as --health http://127.0.0.1:5010");
            return 1;
        }

        using var http = new HttpClient(Transport(target)) { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(target);
            var isReady = answer.StatusCode == HttpStatusCode.OK;
            var details = await answer.Content.ReadAsStringAsync();
            Console.WriteLine($"{(isReady ? "Ready" : "Not ready")}: {target} answers {(int)answer.StatusCode} {details}");
            return isReady ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"Not ready: {target} doesn't answer: {e.Message}");
            return 1;
        }
    }

    private static string Own(string[] settings)
    {
        var options = new LogServerOptions();
        new LogServerBinding(LogServerHost.CreateBuilder(settings).Configuration).Configure(options);
        return Address.Parse(options.HttpUrl) is { } address
            ? new UriBuilder(address.IsTls ? "https" : "http", Host(address.Ip), address.Port).Uri.ToString()
            : "";
    }

    private static string Host(IPAddress? ip) =>
        ip is null || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? "localhost" : ip.ToString();

    private static Uri? Target(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var given) && given is { Scheme: "http" or "https", Port: > 0 }
            ? new Uri($"{given.GetLeftPart(UriPartial.Path).TrimEnd('/')}{HealthEndpoints.ReadyPath}")
            : null;

    private static SocketsHttpHandler Transport(Uri target)
    {
        var transport = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };

        // A certificate for this machine's loopback address is rare, and nobody else can answer there.
        transport.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            errors == System.Net.Security.SslPolicyErrors.None || target.IsLoopback;
        return transport;
    }
}
