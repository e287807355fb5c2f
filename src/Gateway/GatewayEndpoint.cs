using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Sockets;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Upstream;

namespace OptimizationGateway.Gateway;

/// <summary>The front door: looks at the request, refuses what may not come in, and runs a session for what may.</summary>
internal sealed class GatewayEndpoint(
    CallerPolicy policy,
    CallerCheck callers,
    Admission admission,
    SessionRegistry sessions,
    BackendRegistry backends,
    EndedConnections endings,
    RefusalLog refusals,
    IOptions<GatewayOptions> options,
    SessionEnvironment environment
)
{
    public const string Path = "/ws/optimization";

    private const string Subprotocol = "optimization.v1";

    private readonly GatewayMetrics metrics = environment.Metrics;

    public async Task InvokeAsync(HttpContext context)
    {
        // Before the limits: who needs nothing but a refusal takes no place and no turn of those who may come in.
        if ((WhyNot(context) ?? callers.Glance(context)) is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        using var place = admission.TryEnter(context.Connection.RemoteIpAddress, out var full);
        if (place is null)
        {
            await RefuseAsync(context, full!);
            return;
        }

        // Within the limits: to check a signature is the most work that a stranger can make.
        var verdict = await callers.AskAsync(context);
        await (verdict is { Refusal: { } unwanted, CloseCode: null } ? RefuseAsync(context, unwanted) : RunAsync(context, verdict));
    }

    private async Task RunAsync(HttpContext context, CallerVerdict verdict)
    {
        var isOffered = context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol, StringComparer.Ordinal);
        var socket = await context.WebSockets.AcceptWebSocketAsync(isOffered ? Subprotocol : null);
        using var session = new Session(
            environment,
            new ClientConnection(socket, GatheringUpgrade.StreamOf(context), context.Abort),
            Visitor.Of(context, verdict.Caller.Name),
            verdict.Caller,
            new JobSource(backends, verdict.Caller.Headers, options.Value.Translation)
        );
        if (verdict is { Refusal: { } refusal, CloseCode: { } code })
        {
            metrics.ConnectionRefused(refusal);
            refusals.Add(context, refusal);
            session.TurnAway(code);
        }

        metrics.ConnectionOpened();
        var started = environment.Time.GetTimestamp();
        try
        {
            var ended = await sessions.RunAsync(session);
            metrics.ConnectionEnded(ended.Reason);
            endings.Add(session, ended);
            var lasted = environment.Time.GetElapsedTime(started);
            SessionLog.Ended(environment.Logger, session.Visitor.ConnectionId, lasted, ended, session.Tally);
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }

    /// <summary>What is wrong with the request itself.</summary>
    private Refusal? WhyNot(HttpContext context) =>
        policy.WhyNot(context.Request) is { } refusal ? refusal
        // Methods are case-sensitive; ASP.NET's own comparison isn't.
        : Handshake.IsOverHttp2(context) ? Handshake.WhyNotOverHttp2(context, options.Value.Http2.Enabled)
        : !string.Equals(context.Request.Method, HttpMethods.Get, StringComparison.Ordinal) ? Refusal.MethodNotAllowed
        : Handshake.WhyNot(context);

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        metrics.ConnectionRefused(refusal);
        refusals.Add(context, refusal);
        var headers = context.Response.Headers;
        if (refusal == Refusal.MethodNotAllowed)
        {
            headers.Allow = HttpMethods.Get;
        }

        if (BearerChallenge.Of(refusal) is { } challenge)
        {
            headers.WWWAuthenticate = challenge;
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
