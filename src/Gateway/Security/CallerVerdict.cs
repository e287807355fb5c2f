using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Whether a caller may come in.</summary>
internal sealed class CallerVerdict
{
    private CallerVerdict() { }

    /// <summary>Who it is, where it may.</summary>
    public Caller Caller { get; private init; } = Caller.Anonymous;

    /// <summary>Why it may not.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>What to close with after the upgrade, where that is the only answer that the caller can read.</summary>
    public CloseCode? CloseCode { get; private init; }

    public static CallerVerdict Welcome(Caller caller) => new() { Caller = caller };

    public static CallerVerdict Refused(Refusal refusal) => new() { Refusal = refusal };

    public static CallerVerdict Refused(TokenFault fault, bool afterUpgrade) =>
        new() { Refusal = fault.Refusal, CloseCode = afterUpgrade ? fault.CloseCode : null };
}
