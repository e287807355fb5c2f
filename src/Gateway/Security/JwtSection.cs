namespace OptimizationGateway.Gateway.Security;

/// <summary>The place of the settings about tokens. Each program that checks tokens with these classes has its own.</summary>
internal static class JwtSection
{
    public const string Path = "Gateway:Security:Jwt";
}
