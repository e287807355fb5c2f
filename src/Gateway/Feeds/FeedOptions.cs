using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The sharing of streams between the viewers of a job: the settings under <c>Gateway:Feeds</c>.</summary>
internal sealed record FeedOptions
{
    /// <summary>
    /// True if the viewers of a job share one stream to its backend. False is one stream for each subscription. Default: true.
    /// </summary>
    public bool Shared { get; init; } = true;

    /// <summary>
    /// The memory for a job's newest events, in bytes, from which viewers join and slow viewers read on. A viewer that falls further
    /// behind gets a stream of its own until it has caught up. Default: 1 MiB.
    /// </summary>
    [Range(65_536, 1_073_741_824)]
    public int RingBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// The memory for the newest events of all jobs, in bytes. Beyond it jobs keep only what a viewer still has to be sent. It is never
    /// more than an eighth of the heap's limit. Default: 256 MiB.
    /// </summary>
    [Range(1_048_576, 2_147_483_647)]
    public int MemoryBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// The longest time for which events of a job with many viewers are gathered, so that each viewer is sent several in one write: 33 µs for
    /// each viewer, up to this. The first event after a pause, and those of a job with fewer than 30 viewers, aren't held up. 0 sends each event
    /// at once. Default: 40 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(40);
}
