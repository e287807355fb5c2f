using Grpc.Core;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>One stream's place on a connection, given back when disposed.</summary>
internal sealed class ChannelLease(CallInvoker invoker, Action distrust, Action giveBack) : IDisposable
{
    private Action? giveBack = giveBack;

    public CallInvoker Invoker => invoker;

    /// <summary>Nothing was heard in time: no further stream is put on this connection.</summary>
    public void Distrust() => distrust();

    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke();
}
