using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace OptimizationGateway.OptimizerStub;

/// <summary>Two ports, since HTTP/2 without TLS can't share one with HTTP/1.1: no handshake would tell them apart.</summary>
internal sealed class StubKestrel(IOptions<StubOptions> options, StubAddresses addresses) : IConfigureOptions<KestrelServerOptions>
{
    private const int MaxBodyBytes = 64 * 1024;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;

        // A thousand watches come over one connection of a test; Kestrel's 100 would leave the rest waiting in silence.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        var grpc = Listen(kestrel, options.Value.GrpcUrl, HttpProtocols.Http2);
        var http = Listen(kestrel, options.Value.HttpUrl, HttpProtocols.Http1);
        addresses.Take(grpc, http);
    }

    private static ListenOptions Listen(KestrelServerOptions kestrel, string url, HttpProtocols protocols)
    {
        _ = ListenUrlAttribute.TryParse(url, out var endPoint);
        ListenOptions? listening = null;
        kestrel.Listen(
            endPoint,
            listen =>
            {
                listen.Protocols = protocols;
                listening = listen;
            }
        );
        return listening!;
    }
}
