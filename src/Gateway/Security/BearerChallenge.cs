using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Security;

/// <summary>The <c>WWW-Authenticate</c> of a refusal, RFC 6750 section 3.</summary>
internal static class BearerChallenge
{
    /// <returns>The header's value; null if the refusal isn't about a token.</returns>
    public static string? Of(Refusal refusal) =>
        refusal.Name == Refusal.TokenMissing.Name ? "Bearer"
        : refusal.Name == Refusal.Unauthorized.Name || refusal.Name == Refusal.TokenExpired.Name
            ? $"Bearer error=\"invalid_token\", error_description=\"{refusal.Text}\""
        : refusal.Name == Refusal.Forbidden.Name ? "Bearer error=\"insufficient_scope\""
        : null;
}
