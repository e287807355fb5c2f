using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>Checks the log server's settings about callers.</summary>
internal static class AuthRules
{
    /// <param name="auth">The settings.</param>
    /// <param name="faults">Receives a sentence for each fault.</param>
    public static void Check(AuthOptions auth, List<string> faults)
    {
        var anonymous = $"{auth.Section}:{nameof(auth.AllowAnonymous)}";
        TokenRules.Check(auth with { AllowAnonymous = false }, auth.AllowAnonymous ? anonymous : null, faults);
        if (auth.IsOn)
        {
            TokenRules.Require($"{auth.Section}:{nameof(auth.AppendClaim)}", auth.AppendClaim, "the name of a claim", faults);
            TokenRules.Require($"{auth.Section}:{nameof(auth.WatchClaim)}", auth.WatchClaim, "the name of a claim", faults);
        }
    }
}
