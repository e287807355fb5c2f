namespace OptimizationGateway.Hosting.Tokens;

/// <summary>The kinds of faults that a caller's token can have. Each program has its own answer to each.</summary>
public enum TokenFaultKind
{
    /// <summary>None was sent.</summary>
    Missing,

    /// <summary>It isn't genuine, or isn't for this program.</summary>
    Refused,

    /// <summary>It was good until it expired.</summary>
    Expired,

    /// <summary>It is good, but its bearer may not use this program.</summary>
    NotPermitted,

    /// <summary>There are no keys to check it with at the moment.</summary>
    Unchecked,

    /// <summary>It is signed with a key that the authority may have begun to use a moment ago.</summary>
    KeyNotYetKnown,
}

/// <summary>The reason for which a token isn't taken. It has no part of the token.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Why">Of a refused token: a clause for people, such as <c>its signature doesn't verify</c>; else empty.</param>
public sealed record TokenFault(TokenFaultKind Kind, string Why = "")
{
    public static readonly TokenFault Missing = new(TokenFaultKind.Missing);
    public static readonly TokenFault Several = Refused("more than one was sent; send one");
    public static readonly TokenFault TooLong = Refused($"it has more than {TokenCheck.MaxLength} characters");
    public static readonly TokenFault Malformed = Refused("it isn't a signed JSON Web Token");
    public static readonly TokenFault Critical = Refused("its header has critical extensions (crit) that aren't known here");
    public static readonly TokenFault OddlyEncoded = Refused("its header has zip, enc or b64, which a signed token doesn't have");
    public static readonly TokenFault UnknownKey = Refused("it is signed with a key that isn't known here");
    public static readonly TokenFault BadSignature = Refused("its signature doesn't verify");
    public static readonly TokenFault BadAlgorithm = Refused("it is signed with an algorithm that isn't allowed");
    public static readonly TokenFault NoExpiry = Refused("it doesn't say when it expires (exp)");
    public static readonly TokenFault NotYetValid = Refused("it isn't valid yet (nbf)");
    public static readonly TokenFault Expired = new(TokenFaultKind.Expired);
    public static readonly TokenFault NotPermitted = new(TokenFaultKind.NotPermitted);
    public static readonly TokenFault Unchecked = new(TokenFaultKind.Unchecked);
    public static readonly TokenFault KeyNotYetKnown = new(TokenFaultKind.KeyNotYetKnown);

    /// <param name="section">The path of the settings about tokens.</param>
    public static TokenFault WrongIssuer(string section) => Refused($"its issuer isn't {section}:Issuer");

    /// <param name="section">The path of the settings about tokens.</param>
    public static TokenFault WrongAudience(string section) => Refused($"its audience isn't {section}:Audience");

    private static TokenFault Refused(string why) => new(TokenFaultKind.Refused, why);
}
