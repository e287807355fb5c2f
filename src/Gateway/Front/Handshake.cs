using Microsoft.AspNetCore.Http.Features;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Checks that a GET can become a WebSocket (RFC 6455 section 4.2.1). A fault names the exact header.</summary>
internal static class Handshake
{
    private const int KeyBytes = 16;

    /// <returns>The first fault; null if the request can be upgraded.</returns>
    public static Refusal? WhyNot(HttpContext context)
    {
        var request = context.Request;
        if (!HttpProtocol.IsHttp11(request.Protocol))
        {
            // RFC 9110 section 7.8: an Upgrade in an HTTP/1.0 request is to be ignored.
            return Refusal.UpgradeRequired with { Text = "This is a WebSocket. Connect over HTTP/1.1." };
        }

        if (!request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return Refusal.UpgradeRequired;
        }

        if (request.Headers.SecWebSocketVersion is not ["13"])
        {
            return Refusal.UpgradeRequired with { Text = "This is a WebSocket. Send Sec-WebSocket-Version: 13, once." };
        }

        return Malformation(context);
    }

    /// <summary>True if the request is a CONNECT that asks for a WebSocket on a stream of HTTP/2 (RFC 8441).</summary>
    public static bool IsOverHttp2(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    /// <returns>The first fault; null if the stream can become a WebSocket.</returns>
    public static Refusal? WhyNotOverHttp2(HttpContext context, bool isEnabled) =>
        !isEnabled
            ? Refusal.UpgradeRequired with
            {
                Text = "This is a WebSocket. Connect over HTTP/1.1: HTTP/2 isn't enabled (Gateway:Http2:Enabled).",
            }
        : context.Request.Headers.SecWebSocketVersion is not ["13"]
            ? Refusal.UpgradeRequired with
            {
                Text = "This is a WebSocket. Send Sec-WebSocket-Version: 13, once.",
            }
        : context.WebSockets.IsWebSocketRequest ? null
        : Refusal.MalformedHandshake;

    private static Refusal? Malformation(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (HasBody(context))
        {
            return Malformed("it has no body, so leave out Content-Length and Transfer-Encoding.");
        }

        if (!headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase))
        {
            return Malformed("it needs Connection: Upgrade.");
        }

        if (headers.SecWebSocketKey is not [{ } key] || !IsKey(key))
        {
            return Malformed("it needs one Sec-WebSocket-Key, of 16 bytes in base64.");
        }

        return context.WebSockets.IsWebSocketRequest ? null : Refusal.MalformedHandshake;
    }

    private static Refusal Malformed(string part) =>
        Refusal.MalformedHandshake with
        {
            Text = $"The WebSocket handshake is malformed: {part}",
        };

    /// <summary>
    /// True if the request announces a body. Nothing reads bodies here, and a request can be smuggled behind the end of one.
    /// </summary>
    public static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        return Convert.TryFromBase64String(key, bytes, out var count) && count == KeyBytes;
    }
}
