namespace OptimizationGateway.Gateway.Listening;

/// <summary>The address that counts if no setting names one.</summary>
internal static class GatewayUrl
{
    public const string Default = "http://127.0.0.1:8080";
}
