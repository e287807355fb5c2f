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

        // Methods are case-sensitive; ASP.NET's own comparison isn't.
        if (!string.Equals(context.Request.Method, HttpMethods.Get, StringComparison.Ordinal))
        {
            context.Response.Headers.Allow = HttpMethods.Get;
            return Problem.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"{Path} is a WebSocket: connect to it with GET.");
        }

        if (Handshake.FaultIn(context) is { } fault)
        {
            return RefuseHandshakeAsync(context, fault);
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

    private static Task RefuseHandshakeAsync(HttpContext context, HandshakeFault fault)
    {
        if (fault.Status == StatusCodes.Status426UpgradeRequired)
        {
            context.Response.Headers[HeaderNames.Upgrade] = "websocket";
            context.Response.Headers[HeaderNames.Connection] = HeaderNames.Upgrade;
            context.Response.Headers.SecWebSocketVersion = "13";
        }

        return Problem.WriteAsync(context, fault.Status, fault.Detail);
    }
}
