using System.Diagnostics;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The answers to faults of tokens (the closed set of PROTOCOL.md section 7): by HTTP, and as a close frame for callers that can't read
/// that.
/// </summary>
internal static class TokenRefusals
{
    /// <summary>The answer before the upgrade.</summary>
    public static Refusal RefusalOf(TokenFault fault) =>
        fault.Kind switch
        {
            TokenFaultKind.Missing => Refusal.TokenMissing,
            TokenFaultKind.Refused => Refusal.Unauthorized with { Text = $"The token was refused: {fault.Why}." },
            TokenFaultKind.Expired => Refusal.TokenExpired,
            TokenFaultKind.NotPermitted => Refusal.Forbidden,
            TokenFaultKind.Unchecked => Refusal.AuthorityUnavailable,
            TokenFaultKind.KeyNotYetKnown => Refusal.AuthorityUnavailable with
            {
                Text = "The token is signed with a key that isn't known here yet. Come back in a moment.",
            },
            _ => throw new UnreachableException(),
        };

    /// <summary>The close code after the upgrade.</summary>
    public static CloseCode CloseCodeOf(TokenFault fault) =>
        fault.Kind switch
        {
            TokenFaultKind.Missing => CloseCode.Unauthorized with
            {
                Reason = "this gateway asks for a token: offer the subprotocols optimization.v1 and bearer.<token>",
            },
            TokenFaultKind.Refused => CloseCode.Unauthorized with { Reason = $"the token was refused: {fault.Why}" },
            TokenFaultKind.Expired => CloseCode.TokenExpired,
            TokenFaultKind.NotPermitted => CloseCode.Forbidden,
            TokenFaultKind.Unchecked => CloseCode.TryAgainLater,
            TokenFaultKind.KeyNotYetKnown => CloseCode.TryAgainLater with
            {
                Reason = "the token is signed with a key that isn't known here yet; come back later",
            },
            _ => throw new UnreachableException(),
        };
}
