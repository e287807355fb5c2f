using Microsoft.AspNetCore.Http.Features;

namespace OptimizationGateway.Gateway;

/// <param name="Status">The HTTP status: 426 where another kind of request is needed, 400 where this one is malformed.</param>
/// <param name="Detail">What is wrong and what to do.</param>
internal sealed record HandshakeFault(int Status, string Detail);

/// <summary>What keeps a GET from becoming a WebSocket: RFC 6455 section 4.2.1, with the exact header named.</summary>
internal static class Handshake
{
    private const int KeyBytes = 16;

    /// <returns>The first fault; null where the request can be upgraded.</returns>
    public static HandshakeFault? FaultIn(HttpContext context)
    {
        var request = context.Request;
        if (!HttpProtocol.IsHttp11(request.Protocol))
        {
            // RFC 9110 section 7.8: an Upgrade in an HTTP/1.0 request is to be ignored.
            return Upgrade("Connect over HTTP/1.1.");
        }

        if (!request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return Upgrade(
                "Connect with a WebSocket client (version 13) and send {\"type\":\"subscribe\",\"jobId\":\"…\",\"afterEventId\":0}."
            );
        }

        if (request.Headers.SecWebSocketVersion is not ["13"])
        {
            return Upgrade("Send Sec-WebSocket-Version: 13, once.");
        }

        return MalformedPart(context) is { } part
            ? new HandshakeFault(StatusCodes.Status400BadRequest, $"The WebSocket handshake is malformed: {part}")
            : null;
    }

    private static HandshakeFault Upgrade(string whatToDo) =>
        new(StatusCodes.Status426UpgradeRequired, $"{GatewayEndpoint.Path} is a WebSocket. {whatToDo}");

    private static string? MalformedPart(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (HasBody(context))
        {
            return "it has no body, so leave out Content-Length and Transfer-Encoding.";
        }

        if (!headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase))
        {
            return "it needs Connection: Upgrade.";
        }

        if (headers.SecWebSocketKey is not [{ } key] || !IsKey(key))
        {
            return "it needs one Sec-WebSocket-Key, of 16 bytes in base64.";
        }

        return context.WebSockets.IsWebSocketRequest
            ? null
            : "it needs Upgrade: websocket and Connection: Upgrade, each as a word of its own.";
    }

    /// <summary>Whether the request announces a body. Nothing here reads one, and where one ends is what smuggled requests are about.</summary>
    public static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        return Convert.TryFromBase64String(key, bytes, out var count) && count == KeyBytes;
    }
}
