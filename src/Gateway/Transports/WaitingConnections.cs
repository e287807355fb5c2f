using System.Net;
using Microsoft.AspNetCore.Connections;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The connections that aren't WebSockets: silent ones, slow TLS handshakes and headers, and those between two requests. Each takes a
/// descriptor, so they are counted as soon as they are accepted. If there are too many, the one is closed that has sent
/// no request for the longest time: an honest client sends one soon. Each has a second for it, since a gateway that is busy may be what
/// it waits for; who comes meanwhile waits before it is accepted.
/// </summary>
/// <param name="perAddress">The most of one address.</param>
/// <param name="inAll">The most in all.</param>
/// <param name="countedAs">Maps an address to the one it counts as; null for one that many share, such as a proxy's.</param>
internal sealed partial class WaitingConnections(
    int perAddress,
    int inAll,
    TimeProvider time,
    Func<IPAddress, IPAddress?> countedAs,
    ILogger<WaitingConnections> logger
)
{
    private static readonly TimeSpan TimeForARequest = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly LinkedList<WaitingConnection> line = [];
    private readonly Dictionary<IPAddress, LinkedList<WaitingConnection>> byAddress = [];

    /// <summary>The number of waiting connections.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return line.Count;
            }
        }
    }

    /// <summary>Counts a connection from its acceptance to its end, except while it is a WebSocket.</summary>
    public void Add(ConnectionContext connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var added = new WaitingConnection(this, connection, address is null ? null : countedAs(address));
        connection.Features.Set(added);
        Update(added);
        connection.ConnectionClosed.UnsafeRegister(static gone => ((WaitingConnection)gone!).Closed(), added);
    }

    /// <summary>True if there are more than there may be: one has to go before another is accepted.</summary>
    public bool AreTooMany => Count > inAll;

    /// <summary>Closes the connection that has waited longest, so that another can be accepted.</summary>
    /// <param name="areDescriptorsScarce">True if it is for its descriptor, false if there are too many.</param>
    /// <returns>False if none waits, or the one that has waited longest hasn't had its time.</returns>
    public bool TryLetOldestGo(bool areDescriptorsScarce)
    {
        WaitingConnection? oldest;
        lock (gate)
        {
            oldest = line.First?.Value;
            if (oldest is null || time.GetElapsedTime(oldest.Since) < TimeForARequest)
            {
                return false;
            }

            GiveUp(oldest);
        }

        if (areDescriptorsScarce)
        {
            LetGo(oldest, "descriptors_scarce", "Raise the limit of open files (ulimit -n)");
        }
        else
        {
            LetGo(oldest, "too_many_waiting", "Raise Gateway:Limits:WaitingConnections");
        }

        return true;
    }

    /// <summary>Puts a connection at the end of the queue; removes it while it is a WebSocket, and when it has ended.</summary>
    /// <param name="sockets">The change in the number of WebSockets it carries.</param>
    /// <param name="isGone">True if the connection has ended.</param>
    internal void Update(WaitingConnection connection, int sockets = 0, bool isGone = false)
    {
        WaitingConnection? tooManyOfAddress = null;
        lock (gate)
        {
            Leave(connection);
            connection.Sockets += sockets;
            connection.IsGone |= isGone;
            if (connection is { Sockets: 0, IsGone: false })
            {
                Enter(connection);
                tooManyOfAddress = connection.PlaceOfAddress.List is { } own && own.Count > perAddress ? own.First!.Value : null;
                GiveUp(tooManyOfAddress);
            }
        }

        LetGo(tooManyOfAddress, "too_many_waiting_from_address", "Raise Gateway:Limits:WaitingConnectionsPerAddress");
    }

    private void Enter(WaitingConnection connection)
    {
        connection.Since = time.GetTimestamp();
        line.AddLast(connection.Place);
        if (connection.Address is not { } address)
        {
            return;
        }

        if (!byAddress.TryGetValue(address, out var own))
        {
            own = byAddress[address] = [];
        }

        own.AddLast(connection.PlaceOfAddress);
    }

    private void GiveUp(WaitingConnection? connection)
    {
        if (connection is not null)
        {
            Leave(connection);
            connection.IsGone = true;
        }
    }

    private void Leave(WaitingConnection connection)
    {
        if (connection.Place.List is null)
        {
            return;
        }

        line.Remove(connection.Place);
        if (connection.PlaceOfAddress.List is { } own)
        {
            own.Remove(connection.PlaceOfAddress);
            if (own.Count == 0)
            {
                byAddress.Remove(connection.Address!);
            }
        }
    }

    private void LetGo(WaitingConnection? connection, string code, string remedy)
    {
        if (connection is not null)
        {
            Closes(connection.Remote, code, remedy);
            connection.Abort();
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "A connection of {Remote} that was no WebSocket was closed to make room for others ({Code}). {Remedy} if these are your clients. More of this code isn't logged for a minute."
    )]
    private partial void Closes(EndPoint? remote, string code, string remedy);
}
