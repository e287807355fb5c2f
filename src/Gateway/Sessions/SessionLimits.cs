using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The limits on clients, in all and for each: the settings under <c>Gateway:Limits</c>.</summary>
internal sealed record SessionLimits
{
    /// <summary>The bytes of answers that may wait before a client that sends and doesn't read is disconnected.</summary>
    public const int ControlBytes = 64 * 1024;

    /// <summary>The most connections in all. One more is refused with 503. Default: 10,000.</summary>
    [Range(1, 10_000_000)]
    public int Connections { get; init; } = 10_000;

    /// <summary>
    /// The most connections of one address (of IPv6: its first 64 bits); loopback isn't counted. One more is refused with 429.
    /// Default: 200, which many people behind one address of an office can share.
    /// </summary>
    [Range(1, 10_000_000)]
    public int ConnectionsPerAddress { get; init; } = 200;

    /// <summary>
    /// The most connections that aren't WebSockets: silent, in a handshake, or between two requests. For one more the one is closed
    /// that has asked for nothing for the longest time, a second at least; until then newcomers wait. Default: 2,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int WaitingConnections { get; init; } = 2_000;

    /// <summary>
    /// The most of these of one address (of IPv6: its first 64 bits); loopback and known proxies aren't counted. For one more the oldest
    /// of that address is closed. Default: 100.
    /// </summary>
    [Range(1, 10_000_000)]
    public int WaitingConnectionsPerAddress { get; init; } = 100;

    /// <summary>
    /// The most new connections a second, and at once: an address at most half of them, and no more than are left for the others. More
    /// are refused with 503. Default: 500.
    /// </summary>
    [Range(1, 10_000_000)]
    public int NewConnectionsPerSecond { get; init; } = 500;

    /// <summary>
    /// The age at which a connection is closed with 1012, ± 20 %, so that clients spread over a fleet again. It waits up to 30 s for a moment at
    /// which nothing waits for the client. Default: 0, never.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan ConnectionAge { get; init; } = TimeSpan.Zero;

    /// <summary>The largest client message, in bytes. A larger one closes the socket with 1009. Default: 32 KiB.</summary>
    [Range(1_024, 16_777_216)]
    public int MessageBytes { get; init; } = 32 * 1024;

    /// <summary>
    /// The most frames of one message; more close the socket with 1009. Default: 64, a message of 32 KiB in pieces of 512 bytes.
    /// Browsers send messages of that size in one.
    /// </summary>
    [Range(1, 1_000_000)]
    public int FragmentsPerMessage { get; init; } = 64;

    /// <summary>
    /// The longest time from a message's first byte to its last. A slower one closes the socket with 4408. Default: 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most subscriptions of one connection. Default: 100.</summary>
    [Range(1, 100_000)]
    public int SubscriptionsPerConnection { get; init; } = 100;

    /// <summary>The most one-off replays that may wait on one connection. Default: 4.</summary>
    [Range(1, 1_000)]
    public int WaitingReplays { get; init; } = 4;

    /// <summary>The number of invalid messages in a row that close the socket with 4500. Default: 10.</summary>
    [Range(1, 1_000_000)]
    public int InvalidMessagesInARow { get; init; } = 10;

    /// <summary>The most messages a second that a client may send in the long run. Default: 50.</summary>
    [Range(1, 1_000_000)]
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>
    /// The most messages that a client may send at once. Default: 100. As many again that are refused close the socket with 4429.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MessageBurst { get; init; } = 100;

    /// <summary>
    /// The bytes that may wait for the client in each subscription before its backend is held back. Default: 512 KiB; less where
    /// <c>MemoryBytes</c> is below 128 MiB.
    /// </summary>
    [Range(65_536, 1_073_741_824)]
    public int OutboxBytesPerSubscription { get; init; } = 512 * 1024;

    /// <summary>
    /// The bytes that may wait for one connection, in all its subscriptions. Default: 8 MiB; less where <c>MemoryBytes</c> is below 128 MiB.
    /// </summary>
    [Range(65_536, 2_147_483_647)]
    public int OutboxBytesPerConnection { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// The memory that may be held for all clients, in bytes. Near it slow readers are sent away with 1013, and new connections are refused
    /// with 503. Default: half of what the process may use beyond its own 32 MiB, which is the limit of its heap, or 55 % of a
    /// container's memory.
    /// </summary>
    [Range(typeof(long), "16777216", "1099511627776")]
    public long? MemoryBytes { get; init; }

    /// <summary>The longest time a reader may take nothing before its socket is aborted. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan StuckReaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The interval of WebSocket pings to a client, and the time its pong may take before the socket counts as half open. Default:
    /// 20 s: everything idle on the way has a timeout of a minute or so.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest time that a long-poll waits for an event before it is answered with 204. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LongPollTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The longest time for the headers of an HTTP request, the WebSocket handshake's too. A slower one gets 408. Default: 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest time a connection that isn't a WebSocket may wait for its first or next request before it is closed. Default: 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan IdleHttpTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
