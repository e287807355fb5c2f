namespace OptimizationGateway.Gateway.Security;

/// <summary>The place of the settings about tokens, for the classes that check them; this program has it elsewhere than the gateway.</summary>
internal static class JwtSection
{
    public const string Path = "LogServer:Auth";
}
