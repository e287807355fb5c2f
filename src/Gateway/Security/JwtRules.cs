using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Checks the gateway's settings about tokens.</summary>
internal static class JwtRules
{
    /// <param name="security">The settings.</param>
    /// <param name="faults">Receives a sentence for each fault.</param>
    public static void Check(SecurityOptions security, List<string> faults)
    {
        var jwt = security.Jwt;
        TokenRules.Check(jwt, security.AllowAnonymous ? "Gateway:Security:AllowAnonymous" : null, faults);
        if (jwt.IsOn && jwt.RequiredClaim.Length > 0 != jwt.RequiredValue.Length > 0)
        {
            faults.Add($"{jwt.Section}:RequiredClaim and {jwt.Section}:RequiredValue go together.");
        }
    }
}
