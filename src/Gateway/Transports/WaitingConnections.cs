using System.Net;
using Microsoft.AspNetCore.Connections;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The connections that aren't WebSockets: silent ones, slow TLS handshakes and headers, and those between two requests. Each takes a
/// descriptor, so they are counted as soon as they are accepted. If there are too many, the one is closed that has sent
/// no request for the longest time: an honest client sends one soon.
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
    /// <summary>The time each has for its handshake while few others wait: the newest may be the only one.</summary>
    private const int Few = 16;

    private static readonly TimeSpan TimeOfFew = TimeSpan.FromSeconds(1);

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

    /// <summary>Closes the connection that has waited longest, to free its descriptor.</summary>
    /// <returns>False if none waits, or only a few that have just been accepted.</returns>
    public bool TryLetOldestGo()
    {
        WaitingConnection? oldest;
        lock (gate)
        {
            oldest = line.First?.Value;
            if (oldest is null || (line.Count <= Few && time.GetElapsedTime(oldest.Since) < TimeOfFew))
            {
                return false;
            }

            GiveUp(oldest);
        }

        LetGo(oldest, "descriptors_scarce", "Raise the limit of open files (ulimit -n)");
        return true;
    }

    /// <summary>Puts a connection at the end of the queue; removes it while it is a WebSocket, and when it has ended.</summary>
    /// <param name="sockets">The change in the number of WebSockets it carries.</param>
    /// <param name="isGone">True if the connection has ended.</param>
    internal void Update(WaitingConnection connection, int sockets = 0, bool isGone = false)
    {
        WaitingConnection? tooManyOfAddress = null,
            tooMany = null;
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
                tooMany = line.Count > inAll ? line.First!.Value : null;
                GiveUp(tooMany);
            }
        }

        LetGo(tooManyOfAddress, "too_many_waiting_from_address", "Raise Gateway:Limits:WaitingConnectionsPerAddress");
        LetGo(tooMany, "too_many_waiting", "Raise Gateway:Limits:WaitingConnections");
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
