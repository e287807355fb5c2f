using System.Net;
using Microsoft.AspNetCore.Connections;
using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Bounds the inspector's connections, with separate places for operators. Until a key has opened the inspector on it, a connection is
/// a stranger's. Strangers share a few places; if all are taken, a newcomer gets the place of the oldest connection from the address
/// that holds the most. So strangers can't keep operators out, however many connections they open.
/// </summary>
internal sealed class InspectorConnections
{
    private const int MostStrangers = 50;
    private const int MostOperators = 100;

    private readonly Lock gate = new();
    private readonly List<InspectorConnection> strangers = [];
    private int operators;

    /// <summary>Connection middleware, in front of TLS: a handshake that never ends takes a stranger's place too.</summary>
    public ConnectionDelegate Bound(ConnectionDelegate next) =>
        async connection =>
        {
            var entered = Enter(connection);
            try
            {
                await next(connection);
            }
            finally
            {
                Leave(entered);
            }
        };

    /// <summary>Gives a connection on which a key opened the inspector one of the operators' places, if one is free.</summary>
    public void Promote(InspectorConnection connection)
    {
        lock (gate)
        {
            if (operators < MostOperators && strangers.Remove(connection))
            {
                connection.IsOperator = true;
                operators++;
            }
        }
    }

    private InspectorConnection Enter(ConnectionContext connection)
    {
        var remote = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var newcomer = new InspectorConnection(this, connection, ClientAddress.Of(remote) ?? IPAddress.Loopback);
        connection.Features.Set(newcomer);
        InspectorConnection? evicted = null;
        lock (gate)
        {
            if (strangers.Count == MostStrangers)
            {
                evicted = strangers.GroupBy(stranger => stranger.Address).MaxBy(group => group.Count())!.First();
                strangers.Remove(evicted);
            }

            strangers.Add(newcomer);
        }

        evicted?.Abort();
        return newcomer;
    }

    private void Leave(InspectorConnection connection)
    {
        lock (gate)
        {
            strangers.Remove(connection);
            operators -= connection.IsOperator ? 1 : 0;
        }
    }
}

/// <summary>One connection to the inspector.</summary>
internal sealed class InspectorConnection(InspectorConnections all, ConnectionContext connection, IPAddress address)
{
    /// <summary>The address that its place is counted for.</summary>
    public IPAddress Address => address;

    /// <summary>True if it has one of the operators' places; guarded by <see cref="InspectorConnections"/>.</summary>
    public bool IsOperator { get; set; }

    /// <summary>True if the last key that came on it was a right one.</summary>
    public bool HasKey { get; private set; }

    /// <summary>Tells that a wrong key came on it.</summary>
    public void Refused() => HasKey = false;

    /// <summary>Tells that a key has opened the inspector on it.</summary>
    public void Opened()
    {
        HasKey = true;
        if (!IsOperator)
        {
            all.Promote(this);
        }
    }

    public void Abort() => connection.Abort(new ConnectionAbortedException("Another connection without a key took its place."));
}
