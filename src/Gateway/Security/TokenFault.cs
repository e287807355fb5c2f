using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The reasons to refuse a caller (the closed set of PROTOCOL.md section 7), as an HTTP answer and as a close frame for callers that
/// can't read that. None carries any part of the token.
/// </summary>
/// <param name="Refusal">The answer before the upgrade.</param>
/// <param name="CloseCode">The close code after the upgrade.</param>
internal sealed record TokenFault(Refusal Refusal, CloseCode CloseCode)
{
    public static readonly TokenFault Missing = new(
        Refusal.TokenMissing,
        CloseCode.Unauthorized with
        {
            Reason = "this gateway asks for a token: offer the subprotocols optimization.v1 and bearer.<token>",
        }
    );

    public static readonly TokenFault Several = Refused("more than one was sent; send one");
    public static readonly TokenFault TooLong = Refused($"it has more than {TokenCheck.MaxLength} characters");
    public static readonly TokenFault Malformed = Refused("it isn't a signed JSON Web Token");
    public static readonly TokenFault Critical = Refused("its header has critical extensions (crit) that aren't known here");
    public static readonly TokenFault OddlyEncoded = Refused("its header has zip, enc or b64, which a signed token doesn't have");
    public static readonly TokenFault UnknownKey = Refused("it is signed with a key that isn't known here");
    public static readonly TokenFault BadSignature = Refused("its signature doesn't verify");
    public static readonly TokenFault BadAlgorithm = Refused("it is signed with an algorithm that isn't allowed");
    public static readonly TokenFault WrongIssuer = Refused($"its issuer isn't {JwtSection.Path}:Issuer");
    public static readonly TokenFault WrongAudience = Refused($"its audience isn't {JwtSection.Path}:Audience");
    public static readonly TokenFault NoExpiry = Refused("it doesn't say when it expires (exp)");
    public static readonly TokenFault NotYetValid = Refused("it isn't valid yet (nbf)");

    public static readonly TokenFault Expired = new(Refusal.TokenExpired, CloseCode.TokenExpired);
    public static readonly TokenFault NotPermitted = new(Refusal.Forbidden, CloseCode.Forbidden);
    public static readonly TokenFault Unchecked = new(Refusal.AuthorityUnavailable, CloseCode.TryAgainLater);

    /// <summary>Refuses a token whose key the authority may have begun to use a moment ago.</summary>
    public static readonly TokenFault KeyNotYetKnown = new(
        Refusal.AuthorityUnavailable with
        {
            Text = "The token is signed with a key that isn't known here yet. Come back in a moment.",
        },
        CloseCode.TryAgainLater with
        {
            Reason = "the token is signed with a key that isn't known here yet; come back later",
        }
    );

    private static TokenFault Refused(string why) =>
        new(
            Refusal.Unauthorized with
            {
                Text = $"The token was refused: {why}.",
            },
            CloseCode.Unauthorized with
            {
                Reason = $"the token was refused: {why}",
            }
        );
}
