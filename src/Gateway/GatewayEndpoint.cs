using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Sockets;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway;

/// <summary>The front door: looks at the request, refuses what may not come in, and runs a session for what may.</summary>
internal sealed class GatewayEndpoint(
    CallerPolicy callers,
    Admission admission,
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

    public async Task InvokeAsync(HttpContext context)
    {
        if (WhyNot(context) is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        using var place = admission.TryEnter(context.Connection.RemoteIpAddress, out var full);
        await (place is null ? RefuseAsync(context, full!) : RunAsync(context));
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
            var ended = await sessions.RunAsync(session);
            var (duration, tally) = (time.GetElapsedTime(started), session.Tally);
            SessionLog.Ended(
                logger,
                context.Connection.Id,
                duration,
                ended.Reason,
                ended.CloseCode?.Status,
                tally.MessagesReceived,
                tally.MessagesSent,
                tally.EventsSent,
                tally.BytesSent
            );
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }

    /// <summary>What is wrong with the request itself.</summary>
    private Refusal? WhyNot(HttpContext context) =>
        callers.WhyNot(context.Request) is { } refusal ? refusal
        // Methods are case-sensitive; ASP.NET's own comparison isn't.
        : !string.Equals(context.Request.Method, HttpMethods.Get, StringComparison.Ordinal) ? Refusal.MethodNotAllowed
        : Handshake.WhyNot(context);

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        metrics.ConnectionRefused(refusal);
        var headers = context.Response.Headers;
        if (refusal == Refusal.MethodNotAllowed)
        {
            headers.Allow = HttpMethods.Get;
        }

        if (refusal.Status == StatusCodes.Status426UpgradeRequired)
        {
            headers[HeaderNames.Upgrade] = "websocket";
            headers[HeaderNames.Connection] = HeaderNames.Upgrade;
            headers.SecWebSocketVersion = "13";
        }

        return Problem.WriteAsync(context, refusal);
    }
}
