using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>How many clients there may be and what each may do: the settings under <c>Gateway:Limits</c>.</summary>
internal sealed record SessionLimits
{
    /// <summary>How many connections there may be in all. One more is refused with 503. Default: 10,000.</summary>
    [Range(1, 10_000_000)]
    public int Connections { get; init; } = 10_000;

    /// <summary>
    /// How many connections an address may have (of IPv6: its first 64 bits); loopback isn't counted. One more is refused with 429.
    /// Default: 200, which many people behind one address of an office can share.
    /// </summary>
    [Range(1, 10_000_000)]
    public int ConnectionsPerAddress { get; init; } = 200;

    /// <summary>
    /// How many connections there may be that are no WebSocket: silent, in a handshake, or between two requests. For one more the one is closed
    /// that has asked for nothing for the longest time. Default: 2,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int WaitingConnections { get; init; } = 2_000;

    /// <summary>
    /// How many of them an address may have (of IPv6: its first 64 bits); loopback and known proxies aren't counted. For one more the oldest
    /// of that address is closed. Default: 100.
    /// </summary>
    [Range(1, 10_000_000)]
    public int WaitingConnectionsPerAddress { get; init; } = 100;

    /// <summary>
    /// How many clients a second may connect, as many at once: an address at most half of them, and no more than are left for the others. More
    /// are refused with 503. Default: 500.
    /// </summary>
    [Range(1, 10_000_000)]
    public int NewConnectionsPerSecond { get; init; } = 500;

    /// <summary>The largest client message, in bytes. A larger one closes the socket with 1009. Default: 32 KiB.</summary>
    [Range(1_024, 16_777_216)]
    public int MessageBytes { get; init; } = 32 * 1024;

    /// <summary>
    /// Of how many frames a message may consist; more close the socket with 1009. Default: 64, a message of 32 KiB in pieces of 512 bytes.
    /// Browsers send messages of that size in one.
    /// </summary>
    [Range(1, 1_000_000)]
    public int FragmentsPerMessage { get; init; } = 64;

    /// <summary>How long a message may take from its first byte to its last. A slower one closes the socket with 4408. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many subscriptions a connection may have. Default: 100.</summary>
    [Range(1, 100_000)]
    public int SubscriptionsPerConnection { get; init; } = 100;

    /// <summary>How many one-off replays may wait on a connection. Default: 4.</summary>
    [Range(1, 1_000)]
    public int WaitingReplays { get; init; } = 4;

    /// <summary>How many invalid messages in a row close the socket with 4500. Default: 10.</summary>
    [Range(1, 1_000_000)]
    public int InvalidMessagesInARow { get; init; } = 10;

    /// <summary>How many messages a second a client may send in the long run. Default: 50.</summary>
    [Range(1, 1_000_000)]
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>How many messages a client may send at once. Default: 100. As many again that are refused close the socket with 4429.</summary>
    [Range(1, 1_000_000)]
    public int MessageBurst { get; init; } = 100;

    /// <summary>How many bytes may wait for the client in each subscription, before its backend is held back. Default: 512 KiB.</summary>
    [Range(65_536, 1_073_741_824)]
    public int OutboxBytesPerSubscription { get; init; } = 512 * 1024;

    /// <summary>How long a reader may take nothing before its socket is aborted. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan StuckReaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a WebSocket ping goes to a client, and how long its pong may take before the socket is given up as half open. Default:
    /// 20 s: everything idle on the way has a timeout of a minute or so.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the headers of an HTTP request may take, the WebSocket handshake's too. A slower one gets 408. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that is no WebSocket may wait for its first or next request before it is closed. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan IdleHttpTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
