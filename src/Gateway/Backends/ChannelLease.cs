using Grpc.Core;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One stream's place on a connection, given back when disposed.</summary>
internal sealed class ChannelLease(CallInvoker invoker, TlsHandshake? tls, HeaderLimit headerLimit, Action distrust, Action giveBack)
    : IDisposable
{
    private Action? giveBack = giveBack;

    public CallInvoker Invoker => invoker;

    /// <summary>The most bytes of headers that the peer takes, as far as it has said.</summary>
    public long? HeaderLimit => headerLimit.Bytes;

    /// <summary>Records that a message has come.</summary>
    public void Answered() => tls?.Answered();

    /// <summary>Records that the stream broke.</summary>
    public void Broke(Exception? transport) => tls?.Broke(transport);

    /// <summary>Records that nothing was heard in time: this connection gets no further stream.</summary>
    public void Distrust() => distrust();

    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke();
}
