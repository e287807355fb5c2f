using OptimizationGateway.Hosting.Text;
using OptimizationGateway.Hosting.Tokens;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Callers;

/// <summary>Identifies callers by their tokens, for both fronts. Without settings for tokens everyone may do everything.</summary>
internal sealed class CallerDoor(AuthOptions auth, TokenCheck tokens)
{
    private const string Scheme = "Bearer ";

    /// <returns>The rights of the caller.</returns>
    /// <exception cref="RefusedException">The caller's token is missing or was refused, or it is a page in a browser.</exception>
    public async ValueTask<CallerPermit> AskAsync(HttpContext context)
    {
        if (!auth.IsOn)
        {
            // Whatever page is open in a browser on this machine can reach a loopback address.
            return context.Request.Headers.Origin.Count == 0
                ? CallerPermit.Everything
                : throw new RefusedException(CallerRefusals.OriginNotAllowed);
        }

        var (claims, fault) = await tokens.CheckAsync(TokenOf(context), context.RequestAborted);
        return claims is not null
            ? new CallerPermit(PatternsOf(claims, auth.AppendClaim), PatternsOf(claims, auth.WatchClaim))
            : throw new RefusedException(CallerRefusals.Of(fault!));
    }

    private static string TokenOf(HttpContext context)
    {
        var sent = context.Request.Headers.Authorization.Where(IsBearer).ToList();
        return sent.Count == 0 ? throw new RefusedException(CallerRefusals.Of(TokenFault.Missing))
            : sent.Count > 1 ? throw new RefusedException(CallerRefusals.Of(TokenFault.Several))
            : sent[0]!.Length - Scheme.Length > TokenCheck.MaxLength ? throw new RefusedException(CallerRefusals.Of(TokenFault.TooLong))
            : sent[0]![Scheme.Length..].Trim(' ');
    }

    private static bool IsBearer(string? value) => value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;

    private static List<WildcardPattern> PatternsOf(TokenClaims claims, string claim) =>
        [.. claims.TextsOf(claim).Select(pattern => new WildcardPattern(pattern))];
}
