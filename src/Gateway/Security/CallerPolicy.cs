using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Which pages may connect (PROTOCOL.md section 7): those of the same host, unless listed, on a host that is ours.</summary>
internal sealed class CallerPolicy(SecurityOptions options)
{
    /// <summary>Stands in a list for whatever there is.</summary>
    public const string All = "*";

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> hosts = new(
        [.. Loopback, .. List(options.AllowedHosts)],
        StringComparer.OrdinalIgnoreCase
    );
    private readonly HashSet<string> origins = new(List(options.AllowedOrigins), StringComparer.OrdinalIgnoreCase);

    /// <returns>Why the request may not come in; null where it may.</returns>
    public Refusal? WhyNot(HttpRequest request)
    {
        if (!hosts.Contains(All) && !hosts.Contains(request.Host.Host))
        {
            return Refusal.HostNotAllowed;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origins.Contains(All) || origins.Contains(origin) || IsSameHost(origin, request)
            ? null
            : Refusal.OriginNotAllowed;
    }

    /// <summary>The entries of a setting that is a list.</summary>
    public static string[] List(string setting) =>
        setting.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsSameHost(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        // An origin has no path: what has one, or a user's name, no browser has written.
        && url is { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/", Fragment: "" }
        && !origin.EndsWith('/')
        // Who is on the way can put words into a page without TLS. A request without it may be of a proxy that doesn't say what it ended.
        && (url.Scheme == "https" || !request.IsHttps)
        && string.Equals(
            url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}",
            WithoutDefaultPort(request),
            StringComparison.OrdinalIgnoreCase
        );

    private static string WithoutDefaultPort(HttpRequest request) =>
        request.Host.Port == (request.IsHttps ? 443 : 80) ? request.Host.Host : request.Host.Value ?? "";
}
