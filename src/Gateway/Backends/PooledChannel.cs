using Grpc.Core;
using Grpc.Net.Client;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One channel of a <see cref="ChannelPool"/>, whose lock guards its counts.</summary>
internal sealed class PooledChannel(GrpcChannel channel, TlsFiles? files, TlsHandshake? handshake) : IDisposable
{
    public CallInvoker Invoker { get; } = channel.CreateCallInvoker();

    /// <summary>The files that its connections are made with.</summary>
    public TlsFiles? Files => files;

    /// <summary>The state of TLS; null without TLS.</summary>
    public TlsHandshake? Handshake => handshake;

    public int Streams { get; set; }

    /// <summary>True if it gets no further stream.</summary>
    public bool IsDistrusted { get; set; }

    public void Dispose() => channel.Dispose();
}
