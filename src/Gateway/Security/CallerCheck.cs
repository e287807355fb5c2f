using System.Buffers;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Asks who is calling: the handshake's token, and what of the handshake backends are to get. PROTOCOL.md section 7.</summary>
internal sealed class CallerCheck(IOptions<GatewayOptions> options, TokenCheck tokens)
{
    private static readonly SearchValues<char> Sendable = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c),
    ]);

    private readonly JwtOptions jwt = options.Value.Security.Jwt;
    private readonly bool forwardsToken = options.Value.Backends.Values.Any(backend => backend.ForwardAuthorization);
    private readonly string[] forwarded =
    [
        .. options
            .Value.Backends.Values.SelectMany(backend => ForwardedNames.Parse(backend.ForwardHeaders))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <returns>Who it is; or why it may not come in, and whether that has to be said after the upgrade to be read.</returns>
    public async ValueTask<CallerVerdict> AskAsync(HttpContext context)
    {
        if (!jwt.IsOn && !forwardsToken && forwarded.Length == 0)
        {
            return CallerVerdict.Welcome(Caller.Anonymous);
        }

        var offered = OfferedToken.In(context, jwt.AllowQueryToken);
        if (offered.IsSubprotocol && context.WebSockets.WebSocketRequestedProtocols.All(OfferedToken.IsToken))
        {
            return CallerVerdict.Refused(Malformed("beside bearer.<token> it has to offer the subprotocol optimization.v1."));
        }

        if (!TryCollect(context.Request.Headers, out var headers, out var unsendable))
        {
            return CallerVerdict.Refused(Malformed($"its header {unsendable} has characters other than printable ASCII."));
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
            : CallerVerdict.Refused(fault, afterUpgrade: offered.IsSubprotocol || context.Request.Headers.Origin.Count > 0);
    }

    private async ValueTask<(TokenClaims? Claims, TokenFault? Fault)> CheckAsync(OfferedToken offered, CancellationToken cancel)
    {
        if (!jwt.IsOn)
        {
            // Nobody is asked for one here; what is no token at all is still not handed on.
            return (null, offered.Fault == TokenFault.Missing ? null : offered.Fault);
        }

        if (offered.Text is null)
        {
            return (null, offered.Fault);
        }

        var (claims, fault) = await tokens.CheckAsync(offered.Text, cancel);
        var isPermitted =
            jwt.RequiredClaim.Length == 0 || claims?.TextsOf(jwt.RequiredClaim).Contains(jwt.RequiredValue, StringComparer.Ordinal) == true;
        return (claims, fault ?? (isPermitted ? null : TokenFault.NotPermitted));
    }

    private List<WildcardPattern> PatternsOf(TokenClaims claims) =>
        [.. claims.TextsOf(jwt.JobsClaim).Select(pattern => new WildcardPattern(pattern))];

    /// <summary>The headers that some backend gets.</summary>
    private bool TryCollect(IHeaderDictionary headers, out List<KeyValuePair<string, string>> collected, out string? unsendable)
    {
        collected = [.. forwarded.SelectMany(name => headers[name], (name, value) => KeyValuePair.Create(name, value ?? ""))];
        unsendable = collected.Find(header => header.Value.AsSpan().ContainsAnyExcept(Sendable)).Key;
        return unsendable is null;
    }

    private static Refusal Malformed(string part) =>
        Refusal.MalformedHandshake with
        {
            Text = $"The WebSocket handshake is malformed: {part}",
        };
}
