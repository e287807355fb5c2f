using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer;

/// <summary>Two ports, since HTTP/2 without TLS can't share one with HTTP/1.1: no handshake would tell them apart.</summary>
internal sealed class ServerKestrel(IOptions<LogServerOptions> options, ServerAddresses addresses) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // LogServer:Limits:BatchBytes is checked by the fronts, which say so.
        kestrel.Limits.MaxRequestBodySize = null;

        // A gateway's watches come over few connections; Kestrel's 100 would leave the rest waiting in silence.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        var (http, grpc) = (Address.Parse(options.Value.HttpUrl)!, Address.Parse(options.Value.GrpcUrl)!);
        var httpPlace = http.Listen(kestrel, http.IsTls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1);
        var grpcPlace = grpc.Listen(kestrel, HttpProtocols.Http2);
        addresses.Take(httpPlace, http.IsTls ? "https" : "http", grpcPlace, grpc.IsTls ? "https" : "http");
    }
}
