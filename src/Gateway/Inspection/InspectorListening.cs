using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Sockets;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Opens the inspector's listening socket, which is as patient as the gateway's own. Who may come in is asked at the door.</summary>
internal sealed class InspectorListening(
    IOptions<SocketTransportOptions> transport,
    WaitingConnections waiting,
    TimeProvider time,
    ILoggerFactory loggers
) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(
            PatientListener.Bind(endpoint, transport.Value, waiting, time, loggers.CreateLogger<PatientListener>())
        );
}
