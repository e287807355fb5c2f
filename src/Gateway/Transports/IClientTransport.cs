using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// The way to one client and back, for one session. It knows bytes and the client's rules for them; it knows neither jobs nor who the client
/// is. A session has one reader and one writer of it.
/// </summary>
internal interface IClientTransport : IDisposable
{
    /// <summary>The kind, for operators.</summary>
    public TransportKind Kind { get; }

    /// <summary>The form of the messages that it sends.</summary>
    public MessageForm Form { get; }

    /// <summary>Begins to watch the client. Called once, before anything else.</summary>
    /// <param name="onBreach">Called with the close code if the client breaks a rule that no read can report.</param>
    /// <param name="onStuck">Called if the client takes nothing for too long.</param>
    public void Watch(Action<CloseCode> onBreach, Action onStuck);

    /// <summary>Reads what the client sends next, or how it ended.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the connection was aborted.</exception>
    public ValueTask<ClientRead> ReadAsync(CancellationToken abort);

    /// <summary>Sends what the outbox gives, until that is closed and drained, or the client has been sent all that it is to be sent.</summary>
    /// <param name="outbox">The messages.</param>
    /// <param name="sent">Called with each message once the transport has taken it, and its length in bytes.</param>
    /// <param name="abort">Gives up what is being sent.</param>
    public Task<SendEnd> SendAsync(Outbox outbox, Action<MessageFacts, int> sent, CancellationToken abort);

    /// <summary>Tells the client the end, once <see cref="SendAsync"/> is over. Nothing is sent after it. A lost connection is no fault.</summary>
    public Task CloseAsync(CloseCode code, CancellationToken abort);

    /// <summary>Ends the connection without a word.</summary>
    public void Abort();
}

/// <summary>The kinds of transports.</summary>
internal enum TransportKind
{
    WebSocket,

    /// <summary>Server-sent events.</summary>
    Sse,

    LongPoll,

    /// <summary>An answer with what there is at once.</summary>
    CatchUp,
}

/// <summary>The closed set of ends of <see cref="IClientTransport.SendAsync"/>.</summary>
internal enum SendEnd
{
    /// <summary>The outbox is closed and drained, or the connection was closed: its reader knows by whom.</summary>
    Closed,

    /// <summary>The client has been sent all that it is to be sent, and the session is over.</summary>
    Complete,

    /// <summary>The connection was lost.</summary>
    Lost,
}
