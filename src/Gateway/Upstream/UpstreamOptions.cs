using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>How the gateway treats backends: the settings under <c>Gateway:Upstream</c>.</summary>
internal sealed record UpstreamOptions
{
    /// <summary>How long a subscribe may take until the backend's <c>subscribed</c>, retries included. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream may be silent before it is reopened, ± 10 %. Default: 60 s, four times the heartbeat that backends owe.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a TCP connection may take. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the name of a <c>dns:///</c> backend is looked up. After a failure it is within a second. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DnsRefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many streams one connection carries; more connections are opened as needed. Default: 100.</summary>
    [Range(1, 10_000)]
    public int StreamsPerChannel { get; init; } = 100;

    /// <summary>How many streams of one backend may be reopened in a second. Default: 500.</summary>
    [Range(1, 1_000_000)]
    public int ReopensPerSecond { get; init; } = 500;

    /// <summary>The HTTP/2 window of one stream, in bytes: what a held back stream costs in memory. Default: 128 KiB.</summary>
    [Range(65_535, 16_777_216)]
    public int StreamWindowBytes { get; init; } = 128 * 1024;

    /// <summary>The largest event, in bytes as the backend encodes it. A larger one is <c>bad_event</c>. Default: 4 MiB.</summary>
    [Range(1_024, 268_435_456)]
    public int MaxEventBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message of a stream, in bytes. Default: 16 MiB, enough for a batch of three events at their limit.</summary>
    [Range(65_536, 268_435_456)]
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// How many bytes of messages may be arriving from all backends at once, unpacked where they are compressed; others wait. It is never more
    /// than an eighth of what the heap may have. One backend may use half of it, one connection a quarter. Default: 128 MiB.
    /// </summary>
    [Range(65_536, 268_435_456)]
    public int ArrivingMessageBytes { get; init; } = 128 * 1024 * 1024;
}
