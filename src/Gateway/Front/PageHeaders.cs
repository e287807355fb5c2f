using System.Buffers;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Sets the security headers of the gateway's page: it loads and reaches only its own origin, and no other page can frame, embed or
/// open it.
/// </summary>
internal static class PageHeaders
{
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.:[]"
    );

    private const string Features = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()";

    /// <param name="context">The answer.</param>
    /// <param name="connectTo">An origin that the page may ask beside its own; empty for none.</param>
    public static void Set(HttpContext context, string connectTo)
    {
        // Not every browser counts a WebSocket of the same host as 'self'. A Host may hold what ends a directive; then it is no page's.
        var host = context.Request.Host.Value ?? "";
        var sockets = host.AsSpan().ContainsAnyExcept(HostCharacters) ? "" : $" ws://{host} wss://{host}";
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + $"connect-src 'self'{sockets}{(connectTo.Length > 0 ? $" {connectTo}" : "")}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = Features;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
