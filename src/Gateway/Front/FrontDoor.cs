using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Lets clients of all transports in: limits, the caller's identity, refusals, and the run of a session.</summary>
internal sealed class FrontDoor(
    CallerCheck callers,
    Admission admission,
    SessionRegistry sessions,
    FeedSet feeds,
    SessionEndHandler onEnded,
    RefusalLog refusals,
    TranslationOptions translation,
    SessionEnvironment environment
)
{
    /// <summary>Identifies the caller and calls back, within the limits.</summary>
    /// <param name="context">The request.</param>
    /// <param name="whyNot">The reason that the request can't come in anyway; null if there is none.</param>
    /// <param name="refuse">Called if the request is refused before it takes a place, or by what its caller can read.</param>
    /// <param name="run">Called with the caller, which may be one that is to be turned away.</param>
    public async Task EnterAsync(HttpContext context, Refusal? whyNot, Func<Refusal, Task> refuse, Func<CallerVerdict, Task> run)
    {
        // Before the limits: who needs nothing but a refusal takes no place and no turn of those who may come in.
        if ((whyNot ?? callers.Glance(context)) is { } refusal)
        {
            await refuse(refusal);
            return;
        }

        using var place = admission.TryEnter(context.Connection.RemoteIpAddress, out var full);
        if (place is null)
        {
            await refuse(full!);
            return;
        }

        // Within the limits: to check a signature is the most work that a stranger can make.
        await run(await callers.AskAsync(context));
    }

    /// <summary>Runs a session to its end.</summary>
    /// <param name="context">The request.</param>
    /// <param name="transport">The way to the client; the session disposes it.</param>
    /// <param name="verdict">The caller.</param>
    public async Task RunAsync(HttpContext context, IClientTransport transport, CallerVerdict verdict)
    {
        var (metrics, kind) = (environment.Metrics, TagValue.Of(transport.Kind));
        using var session = new Session(
            environment,
            transport,
            ClientInfo.Of(context, verdict.Caller.Name, transport.Kind),
            verdict.Caller,
            new JobSource(feeds, verdict.Caller.Headers, translation)
        );
        if (verdict is { Refusal: { } refusal, CloseCode: { } code })
        {
            Note(context, refusal);
            session.TurnAway(code);
        }

        metrics.ConnectionOpened(kind);
        var started = environment.Time.GetTimestamp();
        try
        {
            var ended = await sessions.RunAsync(session);
            metrics.ConnectionEnded(kind, ended.Reason.ToString());
            onEnded(session, ended);
            var lasted = environment.Time.GetElapsedTime(started);
            SessionLog.Ended(environment.Logger, session.Client.ConnectionId, lasted, ended, session.Tally);
        }
        finally
        {
            metrics.ConnectionClosed(kind);
        }
    }

    /// <summary>Counts a refusal, and logs it where operators should see it.</summary>
    public void Note(HttpContext context, Refusal refusal)
    {
        environment.Metrics.ConnectionRefused(refusal.Name);
        refusals.Add(context, refusal);
    }

    /// <summary>Counts a refusal, and answers with it.</summary>
    public Task RefuseAsync(HttpContext context, Refusal refusal, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        Note(context, refusal);
        if (BearerChallenge.Of(refusal) is { } challenge)
        {
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        return Problem.WriteAsync(context, refusal, more);
    }
}
