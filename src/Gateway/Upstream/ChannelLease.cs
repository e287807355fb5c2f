using Grpc.Core;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>One stream's place on a connection, given back when disposed.</summary>
internal sealed class ChannelLease(CallInvoker invoker, Action giveBack) : IDisposable
{
    private Action? giveBack = giveBack;

    public CallInvoker Invoker => invoker;

    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke();
}
