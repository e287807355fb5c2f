using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>The kinds of entries in a ring.</summary>
internal enum RingEntryKind
{
    /// <summary>An event as it happened.</summary>
    Live,

    /// <summary>An event that a reopened stream replayed.</summary>
    History,

    /// <summary>The end of a batch of history, which may be empty.</summary>
    BatchEnd,

    /// <summary>The backend is away.</summary>
    Outage,

    /// <summary>The end of the feed.</summary>
    End,
}

/// <summary>One entry of an <see cref="EventRing"/>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Id">The event's id; of other entries the id of the last event before.</param>
/// <param name="Previous">The id that a viewer must have to go on here: that of the event before.</param>
/// <param name="HasMore">Of a batch's end: true if more history follows.</param>
/// <param name="Chunk">The memory that has the event's JSON; null for entries that are no event.</param>
/// <param name="Offset">The place of the JSON in the chunk.</param>
/// <param name="Length">The length of the JSON in bytes.</param>
/// <param name="Start">The bytes that were appended to the ring before this entry, counted from the ring's beginning.</param>
/// <param name="ReadAt">The time it was read from the stream, as the clock's timestamp.</param>
/// <param name="HappenedAt">The event's own timestamp, in ticks of UTC.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RingEntry(
    RingEntryKind Kind,
    long Id,
    long Previous,
    bool HasMore,
    RingChunk? Chunk,
    int Offset,
    int Length,
    long Start,
    long ReadAt,
    long HappenedAt
)
{
    /// <summary>The memory of an entry beside its JSON, in bytes.</summary>
    public const int Overhead = 80;

    /// <summary>True if the entry is an event.</summary>
    public bool IsEvent => Kind is RingEntryKind.Live or RingEntryKind.History;

    /// <summary>The event's JSON. It is valid as long as the ring holds the entry.</summary>
    public ReadOnlySpan<byte> Json => Chunk is null ? default : Chunk.Bytes.AsSpan(Offset, Length);
}
