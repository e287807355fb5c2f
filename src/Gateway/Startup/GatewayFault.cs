using OptimizationGateway.Hosting.Startup;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The reason the gateway doesn't start, in one line without a stack.</summary>
internal static class GatewayFault
{
    private const string Listening =
        "The setting Urls says where it listens, such as --Urls=http://127.0.0.1:8081; for https:// "
        + "Kestrel:Certificates:Default:Path names the certificate.";

    public static string Of(Exception fault) => StartFault.Of(fault, Listening);
}
