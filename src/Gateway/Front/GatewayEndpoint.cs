using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Handles requests for the WebSocket: refuses a request with the reason, or upgrades it and runs its session.</summary>
internal sealed class GatewayEndpoint(
    CallerPolicy policy,
    CallerCheck callers,
    Admission admission,
    SessionRegistry sessions,
    FeedSet feeds,
    SessionEndHandler onEnded,
    RefusalLog refusals,
    TranslationOptions translation,
    Http2Options http2,
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
        var isOffered = Subprotocols.OfferedBy(context.Request).Contains(Subprotocol, StringComparer.Ordinal);
        var socket = await context.WebSockets.AcceptWebSocketAsync(isOffered ? Subprotocol : null);
        using var session = new Session(
            environment,
            NewTransport(socket, context),
            ClientInfo.Of(context, verdict.Caller.Name),
            verdict.Caller,
            new JobSource(feeds, verdict.Caller.Headers, translation)
        );
        if (verdict is { Refusal: { } refusal, CloseCode: { } code })
        {
            metrics.ConnectionRefused(refusal.Name);
            refusals.Add(context, refusal);
            session.TurnAway(code);
        }

        metrics.ConnectionOpened();
        var started = environment.Time.GetTimestamp();
        try
        {
            var ended = await sessions.RunAsync(session);
            metrics.ConnectionEnded(ended.Reason.ToString());
            onEnded(session, ended);
            var lasted = environment.Time.GetElapsedTime(started);
            SessionLog.Ended(environment.Logger, session.Client.ConnectionId, lasted, ended, session.Tally);
        }
        finally
        {
            metrics.ConnectionClosed();
        }
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
        metrics.ConnectionRefused(refusal.Name);
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
