using System.Net;
using Microsoft.AspNetCore.Connections;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>Opens no socket: reports for each address whether <see cref="LoopbackListening"/> would open it.</summary>
internal sealed class DryListening(SecurityOptions security, ICollection<string> faults) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (LoopbackListening.WhyNot(security, endpoint) is { } reason)
        {
            faults.Add(reason);
        }

        return ValueTask.FromResult<IConnectionListener>(new Nobody(endpoint));
    }

    /// <summary>A listener without connections.</summary>
    private sealed class Nobody(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            await unbound.Task.WaitAsync(cancellationToken);
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            unbound.TrySetResult();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
