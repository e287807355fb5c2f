using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Sockets;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway;

/// <summary>The front door: looks at the request, refuses what may not come in, and runs a session for what may.</summary>
internal sealed class GatewayEndpoint(
    CallerPolicy callers,
    SessionRegistry sessions,
    BackendRegistry backends,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    GatewayMetrics metrics,
    ILogger<Session> logger
)
{
    public const string Path = "/ws/optimization";

    private const string Subprotocol = "optimization.v1";

    public Task InvokeAsync(HttpContext context)
    {
        if (callers.Refusal(context.Request) is { } refusal)
        {
            return Problem.WriteAsync(context, StatusCodes.Status403Forbidden, refusal);
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Get;
            return Problem.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"{Path} is a WebSocket: connect to it with GET.");
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            return RefuseHandshakeAsync(context);
        }

        if (sessions.IsDraining)
        {
            context.Response.Headers.RetryAfter = "1";
            return Problem.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "The gateway is shutting down. Come back in a moment."
            );
        }

        return RunAsync(context);
    }

    private async Task RunAsync(HttpContext context)
    {
        var isOffered = context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol, StringComparer.Ordinal);
        var socket = await context.WebSockets.AcceptWebSocketAsync(isOffered ? Subprotocol : null);
        var stream = (context.Features.Get<IHttpUpgradeFeature>() as GatheringUpgrade)?.Stream;
        using var session = new Session(socket, stream, context.Abort, backends, options.Value.Limits, time, metrics, logger);
        metrics.ConnectionOpened();
        var started = time.GetTimestamp();
        try
        {
            var ended = await sessions.RunAsync(session.RunAsync);
            var duration = time.GetElapsedTime(started);
            SessionLog.Ended(logger, duration, ended.Reason, ended.CloseCode?.Status);
            if (ended.Reason == SessionEndReason.Stuck)
            {
                metrics.ReaderStuck();
            }
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }

    private static Task RefuseHandshakeAsync(HttpContext context)
    {
        var request = context.Request;
        var wantsWebSocket = request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);
        if (wantsWebSocket && request.Headers.SecWebSocketVersion == "13")
        {
            return Problem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "The WebSocket handshake is malformed: it needs Connection: Upgrade and a Sec-WebSocket-Key of 16 bytes in base64."
            );
        }

        context.Response.Headers[HeaderNames.Upgrade] = "websocket";
        context.Response.Headers[HeaderNames.Connection] = HeaderNames.Upgrade;
        context.Response.Headers.SecWebSocketVersion = "13";
        return Problem.WriteAsync(
            context,
            StatusCodes.Status426UpgradeRequired,
            $"{Path} is a WebSocket. Connect with a WebSocket client (version 13) and send {{\"type\":\"subscribe\",\"jobId\":\"…\",\"afterEventId\":0}}."
        );
    }
}
