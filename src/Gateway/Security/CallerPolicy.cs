using Microsoft.Extensions.Options;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Which pages may connect (PROTOCOL.md section 7): those of the same host, unless listed, on a host that is ours.</summary>
internal sealed class CallerPolicy(IOptions<GatewayOptions> options)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> hosts = new(
        [.. Loopback, .. List(options.Value.Security.AllowedHosts)],
        StringComparer.OrdinalIgnoreCase
    );
    private readonly HashSet<string> origins = new(List(options.Value.Security.AllowedOrigins), StringComparer.OrdinalIgnoreCase);

    /// <returns>What is wrong with the request, and the setting to change; null where it may come in.</returns>
    public string? Refusal(HttpRequest request)
    {
        if (!hosts.Contains("*") && !hosts.Contains(request.Host.Host))
        {
            return "This gateway doesn't answer to the request's Host. If the name is right, add it to Gateway:Security:AllowedHosts.";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origins.Contains("*") || origins.Contains(origin) || IsSameHost(origin, request)
            ? null
            : "Pages of this Origin may not connect. If they should, add the Origin to Gateway:Security:AllowedOrigins.";
    }

    private static bool IsSameHost(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        // An origin has no path: what has one, or a user's name, no browser has written.
        && url is { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/", Fragment: "" }
        && !origin.EndsWith('/')
        && string.Equals(
            url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}",
            WithoutDefaultPort(request),
            StringComparison.OrdinalIgnoreCase
        );

    private static string WithoutDefaultPort(HttpRequest request) =>
        request.Host.Port == (request.IsHttps ? 443 : 80) ? request.Host.Host : request.Host.Value ?? "";

    private static string[] List(string setting) =>
        setting.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
