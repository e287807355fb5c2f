using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The limits and timeouts of streams to backends: the settings under <c>Gateway:Upstream</c>.</summary>
internal sealed record UpstreamOptions
{
    /// <summary>The time that a subscribe may take until the backend's <c>subscribed</c>, retries included. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The silence after which a stream is reopened, ± 10 %. Default: 60 s, four times the interval of heartbeats.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time that a list of jobs waits for backends' answers; those that haven't come by then are missing. Default: 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The time that a TCP connection may take. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The interval of lookups of a <c>dns:///</c> backend's name. After a failure the next one follows within a second. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DnsRefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of streams on one connection; more connections are opened as needed. Default: 100.</summary>
    [Range(1, 10_000)]
    public int StreamsPerChannel { get; init; } = 100;

    /// <summary>
    /// The most streams of one backend that are opened or reopened in a second, the first streams of newcomers too. Clients take turns.
    /// Default: 600, with which 10,000 watches are back within 20 s of a backend's restart.
    /// </summary>
    [Range(1, 1_000_000)]
    public int OpensPerSecond { get; init; } = 600;

    /// <summary>
    /// The most streams of one backend that read history at once. A stream that its client or the backend holds up doesn't count. Default: 64.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CatchUps { get; init; } = 64;

    /// <summary>
    /// The HTTP/2 window of one stream, in bytes: the memory that a stream takes while it is held back. Default: 128 KiB; less where
    /// <c>Gateway:Limits:MemoryBytes</c> is below 128 MiB.
    /// </summary>
    [Range(65_535, 16_777_216)]
    public int StreamWindowBytes { get; init; } = 128 * 1024;

    /// <summary>The largest event, in bytes as the backend encodes it. A larger one is <c>bad_event</c>. Default: 4 MiB.</summary>
    [Range(1_024, 268_435_456)]
    public int MaxEventBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message of a stream, in bytes. Default: 16 MiB, enough for a batch of three events at their limit.</summary>
    [Range(65_536, 268_435_456)]
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// The memory for messages that are arriving from all backends, in bytes, decompressed if they are compressed. Further messages wait. It is
    /// never more than an eighth of the heap's limit. One backend may use half of it, one connection to a backend a quarter. Default: 128 MiB.
    /// </summary>
    [Range(65_536, 268_435_456)]
    public int ArrivingMessageBytes { get; init; } = 128 * 1024 * 1024;
}
