using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OptimizationGateway.LogServer;

/// <summary>The addresses that the log server listens on, known after its start.</summary>
internal sealed class ServerAddresses
{
    private (ListenOptions Place, string Scheme) http;
    private (ListenOptions Place, string Scheme) grpc;

    public string HttpUrl => Url(http);

    public string GrpcUrl => Url(grpc);

    public void Take(ListenOptions http, string httpScheme, ListenOptions grpc, string grpcScheme) =>
        (this.http, this.grpc) = ((http, httpScheme), (grpc, grpcScheme));

    private static string Url((ListenOptions Place, string Scheme) at) =>
        at.Place.IPEndPoint is not { } ip ? at.Place.ToString() ?? ""
        : ip.Address.Equals(System.Net.IPAddress.IPv6Any) || ip.Address.Equals(System.Net.IPAddress.Any)
            ? $"{at.Scheme}://localhost:{ip.Port}"
        : $"{at.Scheme}://{ip}";
}
