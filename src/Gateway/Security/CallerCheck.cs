using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Hosting.Text;
using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Identifies the caller by the handshake's token, and collects the headers that backends get (PROTOCOL.md section 7).</summary>
internal sealed class CallerCheck(JwtOptions jwt, IReadOnlyDictionary<string, BackendOptions> backends, TokenCheck tokens)
{
    private readonly bool forwardsToken = backends.Values.Any(backend => backend.ForwardAuthorization);
    private readonly string[] forwarded =
    [
        .. backends.Values.SelectMany(backend => ForwardedNames.Parse(backend.ForwardHeaders)).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Looks at the handshake without checking its token, which costs so little that anyone may cause it.</summary>
    /// <returns>The refusal; null if the token has to be checked, or its fault has to be told after the upgrade.</returns>
    public Refusal? Glance(HttpContext context)
    {
        if (!IsAsking)
        {
            return null;
        }

        var offered = OfferedToken.In(context, jwt.AllowQueryToken);
        return WhyNot(context, offered, out _)
            ?? (FaultOf(offered) is { } fault && !IsToldAfterUpgrade(context, offered) ? TokenRefusals.RefusalOf(fault) : null);
    }

    /// <returns>The caller; or the reason to refuse it, and the close code if it can be told only after the upgrade.</returns>
    public async ValueTask<CallerVerdict> AskAsync(HttpContext context)
    {
        if (!IsAsking)
        {
            return CallerVerdict.Welcome(Caller.Anonymous);
        }

        var offered = OfferedToken.In(context, jwt.AllowQueryToken);
        if (WhyNot(context, offered, out var headers) is { } malformed)
        {
            return CallerVerdict.Refused(malformed);
        }

        var (claims, fault) = await CheckAsync(offered, context.RequestAborted);
        return fault is null
            ? CallerVerdict.Welcome(
                new Caller
                {
                    Name = claims?.Subject,
                    Expires = claims?.Expires,
                    Jobs = claims is not null && jwt.JobsClaim.Length > 0 ? PatternsOf(claims) : null,
                    Headers = new CallerHeaders(offered.Text, headers),
                }
            )
            : CallerVerdict.Refused(fault, IsToldAfterUpgrade(context, offered));
    }

    private bool IsAsking => jwt.IsOn || forwardsToken || forwarded.Length > 0;

    private Refusal? WhyNot(HttpContext context, OfferedToken offered, out List<KeyValuePair<string, string>> headers)
    {
        headers = [];
        return offered.IsSubprotocol && Subprotocols.OfferedBy(context.Request).All(OfferedToken.IsToken)
                ? Malformed("beside bearer.<token> it has to offer the subprotocol optimization.v1.")
            : !TryCollect(context.Request.Headers, out headers, out var unsendable)
                ? Malformed($"its header {unsendable} has characters other than printable ASCII.")
            : null;
    }

    /// <summary>Checks that a token is present if the gateway asks for one, and is short enough to read.</summary>
    private TokenFault? FaultOf(OfferedToken offered) => jwt.IsOn || offered.Fault != TokenFault.Missing ? offered.Fault : null;

    /// <summary>A page can't read an HTTP refusal.</summary>
    private static bool IsToldAfterUpgrade(HttpContext context, OfferedToken offered) =>
        offered.IsSubprotocol || context.Request.Headers.Origin.Count > 0;

    private async ValueTask<(TokenClaims? Claims, TokenFault? Fault)> CheckAsync(OfferedToken offered, CancellationToken cancel)
    {
        if (!jwt.IsOn || offered.Text is null)
        {
            // Where nobody is asked for one, what is no token at all is still not handed on.
            return (null, FaultOf(offered));
        }

        var (claims, fault) = await tokens.CheckAsync(offered.Text, cancel);
        var isPermitted =
            jwt.RequiredClaim.Length == 0 || claims?.TextsOf(jwt.RequiredClaim).Contains(jwt.RequiredValue, StringComparer.Ordinal) == true;
        return (claims, fault ?? (isPermitted ? null : TokenFault.NotPermitted));
    }

    private List<WildcardPattern> PatternsOf(TokenClaims claims) =>
        [.. claims.TextsOf(jwt.JobsClaim).Select(pattern => new WildcardPattern(pattern))];

    /// <summary>Collects the headers that at least one backend gets.</summary>
    private bool TryCollect(IHeaderDictionary headers, out List<KeyValuePair<string, string>> collected, out string? unsendable)
    {
        collected = [.. forwarded.SelectMany(name => headers[name], (name, value) => KeyValuePair.Create(name, value ?? ""))];
        unsendable = collected.Find(header => !PrintableAscii.IsAll(header.Value)).Key;
        return unsendable is null;
    }

    private static Refusal Malformed(string part) =>
        Refusal.MalformedHandshake with
        {
            Text = $"The WebSocket handshake is malformed: {part}",
        };
}
