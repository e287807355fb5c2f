using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// Decides by <c>Host</c> and <c>Origin</c> which pages may connect (PROTOCOL.md section 7): pages of the same host, which has to be one of
/// the gateway's names, and listed ones.
/// </summary>
internal sealed class CallerPolicy(SecurityOptions options)
{
    /// <summary>The entry of a list that allows every value.</summary>
    public const string All = "*";

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> hosts = new([.. Loopback, .. CommaList.Split(options.AllowedHosts)], StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> origins = new(CommaList.Split(options.AllowedOrigins), StringComparer.OrdinalIgnoreCase);

    /// <summary>True if pages of any origin may connect.</summary>
    public bool AllowsEveryOrigin => origins.Contains(All);

    /// <returns>The reason to refuse the request; null if it may come in.</returns>
    public Refusal? WhyNot(HttpRequest request)
    {
        if (WhyNotHost(request) is { } refusal)
        {
            return refusal;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origins.Contains(All) || origins.Contains(origin) || IsSameHost(origin, request)
            ? null
            : Refusal.OriginNotAllowed;
    }

    /// <returns>The reason to refuse a request whose origin doesn't matter; null if it may come in.</returns>
    public Refusal? WhyNotHost(HttpRequest request) =>
        hosts.Contains(All) || hosts.Contains(request.Host.Host) ? null : Refusal.HostNotAllowed;

    private static bool IsSameHost(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        // An origin has no path: what has one, or a user's name, no browser has written.
        && url is { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/", Fragment: "" }
        && !origin.EndsWith('/')
        // Who is on the way can put words into a page without TLS. A request without it may be of a proxy that doesn't say what it ended.
        && (url.Scheme == "https" || !request.IsHttps)
        && string.Equals(url.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase)
        && (url.Port == request.Host.Port || (url.IsDefaultPort && HasDefaultPort(request)));

    /// <summary>True if the request's Host names no port, or the port that its scheme has anyway.</summary>
    private static bool HasDefaultPort(HttpRequest request) => request.Host.Port is not { } port || port == (request.IsHttps ? 443 : 80);
}
