using System.Net;
using Microsoft.AspNetCore.Connections;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>One connection of <see cref="WaitingConnections"/>; a feature of it, which its requests have too.</summary>
internal sealed class WaitingConnection
{
    private readonly WaitingConnections others;
    private readonly ConnectionContext connection;

    public WaitingConnection(WaitingConnections others, ConnectionContext connection, IPAddress? address)
    {
        this.others = others;
        this.connection = connection;
        Address = address;
        Place = new LinkedListNode<WaitingConnection>(this);
        PlaceOfAddress = new LinkedListNode<WaitingConnection>(this);
    }

    /// <summary>The address it counts as; null if it counts for none.</summary>
    public IPAddress? Address { get; }

    /// <summary>The client's address.</summary>
    public EndPoint? Remote => connection.RemoteEndPoint;

    // The queue's own state, guarded by the queue's lock.

    /// <summary>Its place in the queue of all.</summary>
    public LinkedListNode<WaitingConnection> Place { get; }

    /// <summary>Its place in its address's queue.</summary>
    public LinkedListNode<WaitingConnection> PlaceOfAddress { get; }

    /// <summary>The time of its last request, or of its acceptance.</summary>
    public long Since { get; set; }

    /// <summary>The number of WebSockets it carries; over HTTP/2 there can be many.</summary>
    public int Sockets { get; set; }

    /// <summary>True if it has ended.</summary>
    public bool IsGone { get; set; }

    /// <summary>The first middleware: a request moves its connection to the end of the queue.</summary>
    public static async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        var own = context.Features.Get<WaitingConnection>();
        own?.others.Update(own);
        try
        {
            await next(context);
        }
        finally
        {
            own?.others.Update(own);
        }
    }

    /// <summary>Records another WebSocket.</summary>
    public void BeginSocket() => others.Update(this, sockets: 1);

    /// <summary>Records the end of a WebSocket.</summary>
    public void EndSocket() => others.Update(this, sockets: -1);

    /// <summary>Records its end.</summary>
    public void Closed() => others.Update(this, isGone: true);

    /// <summary>Aborts it: it has sent no request that could be answered.</summary>
    public void Abort() => connection.Abort(new ConnectionAbortedException("It was no WebSocket, and others needed the room."));
}
