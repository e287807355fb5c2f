using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// Reads the subprotocols that a handshake offers, exactly as they are written. ASP.NET's own list takes quotes off; a name in quotes is no
/// subprotocol (RFC 6455 section 4.1).
/// </summary>
internal static class Subprotocols
{
    public static IReadOnlyList<string> OfferedBy(HttpRequest request) =>
        [.. request.Headers.SecWebSocketProtocol.SelectMany(CommaList.Split)];
}
