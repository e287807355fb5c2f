using System.Net.WebSockets;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Handles requests for the WebSocket: refuses a request with the reason, or upgrades it and runs its session.</summary>
internal sealed class GatewayEndpoint(CallerPolicy policy, FrontDoor door, Http2Options http2, SessionEnvironment environment)
{
    public const string Path = "/ws/optimization";

    public const string Subprotocol = "optimization.v1";

    public Task InvokeAsync(HttpContext context) =>
        door.EnterAsync(
            context,
            WhyNot(context),
            refusal => RefuseAsync(context, refusal),
            verdict =>
                verdict is { Refusal: { } unwanted, CloseCode: null } ? RefuseAsync(context, unwanted) : UpgradeAsync(context, verdict)
        );

    private async Task UpgradeAsync(HttpContext context, CallerVerdict verdict)
    {
        var isOffered = Subprotocols.OfferedBy(context.Request).Contains(Subprotocol, StringComparer.Ordinal);
        var socket = await context.WebSockets.AcceptWebSocketAsync(isOffered ? Subprotocol : null);
        await door.RunAsync(context, NewTransport(socket, context), verdict);
    }

    private WebSocketTransport NewTransport(WebSocket socket, HttpContext context)
    {
        var (limits, time) = (environment.Limits, environment.Time);
        return new WebSocketTransport(
            socket,
            FrameUpgrade.StreamOf(context)!,
            context.Abort,
            new SocketLimits(
                limits.MessageBytes,
                limits.FragmentsPerMessage,
                limits.MessageTimeout,
                limits.StuckReaderTimeout,
                AcknowledgedBytes.Of(context),
                new ControlRate(time).TryTake
            ),
            time
        );
    }

    /// <summary>Checks the request itself, before any limit counts it.</summary>
    /// <returns>The reason to refuse it; null if there is none.</returns>
    private Refusal? WhyNot(HttpContext context) =>
        policy.WhyNot(context.Request) is { } refusal ? refusal
        // Methods are case-sensitive; ASP.NET's own comparison isn't.
        : Handshake.IsOverHttp2(context) ? Handshake.WhyNotOverHttp2(context, http2.Enabled)
        : !string.Equals(context.Request.Method, HttpMethods.Get, StringComparison.Ordinal) ? Refusal.MethodNotAllowed
        : Handshake.WhyNot(context);

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
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

        return door.RefuseAsync(context, refusal);
    }
}
