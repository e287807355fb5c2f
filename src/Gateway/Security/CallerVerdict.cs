using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>The decision about a caller.</summary>
internal sealed class CallerVerdict
{
    private CallerVerdict() { }

    /// <summary>The caller, if it may come in.</summary>
    public Caller Caller { get; private init; } = Caller.Anonymous;

    /// <summary>The reason to refuse it; null if it may come in.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>The code to close with after the upgrade, if the caller can read no other answer.</summary>
    public CloseCode? CloseCode { get; private init; }

    public static CallerVerdict Welcome(Caller caller) => new() { Caller = caller };

    public static CallerVerdict Refused(Refusal refusal) => new() { Refusal = refusal };

    public static CallerVerdict Refused(TokenFault fault, bool afterUpgrade) =>
        new() { Refusal = TokenRefusals.RefusalOf(fault), CloseCode = afterUpgrade ? TokenRefusals.CloseCodeOf(fault) : null };
}
