using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Transports;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Listening;

/// <summary>
/// Opens the gateway's listening sockets. Without authentication it opens them on loopback addresses only. The check is where every
/// address passes, however it was configured, and before it is bound.
/// </summary>
internal sealed class LoopbackListening(
    SecurityOptions security,
    IOptions<SocketTransportOptions> transport,
    WaitingConnections waiting,
    TimeProvider time,
    ILoggerFactory loggers
) : IConnectionListenerFactory
{
    private readonly ILogger logger = loggers.CreateLogger<PatientListener>();

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (WhyNot(security, endpoint) is { } reason)
        {
            throw new StartRefusedException(reason);
        }

        return ValueTask.FromResult<IConnectionListener>(PatientListener.Bind(endpoint, transport.Value, waiting, time, logger));
    }

    /// <returns>The reason the gateway can't listen there; null if it does.</returns>
    public static string? WhyNot(SecurityOptions security, EndPoint endpoint) =>
        security is { AllowAnonymous: false, Jwt.IsOn: false } && endpoint is IPEndPoint ip && !IPAddress.IsLoopback(ip.Address)
            ? $"The gateway asks nobody who they are, so it doesn't listen on {endpoint}, which others can reach. Ask callers for a "
                + "token (Gateway:Security:Jwt:…, see docs/security.md), listen on a loopback address (Urls=http://127.0.0.1:8080), or set "
                + "Gateway:Security:AllowAnonymous=true if everyone who can reach it may watch every job."
            : null;
}
