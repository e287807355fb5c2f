namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// A job's newest events as JSON, in order and without a gap, with what else the job's viewers have to be told between them. An entry has a
/// sequence number; sequence numbers are consecutive, event ids needn't be. Pure, and not thread-safe: its owner guards it.
/// </summary>
/// <param name="after">The id of the event before the first one; 0 if there is none.</param>
internal sealed class EventRing(long after)
{
    private const int SmallestChunk = 1024;
    private const int LargestChunk = 32 * 1024;
    private const int FewestEntries = 4;

    private RingEntry[] entries = [];
    private int start;
    private RingChunk? current;
    private long appended;
    private long chunkBytes;

    /// <summary>The sequence number of the oldest entry; <see cref="End"/> if there is none.</summary>
    public long First { get; private set; }

    /// <summary>The sequence number that the next entry will get.</summary>
    public long End { get; private set; }

    /// <summary>The id of the newest event.</summary>
    public long Head { get; private set; } = after;

    /// <summary>The id of the event before the oldest one. Viewers with a cursor from here to <see cref="Head"/> miss nothing.</summary>
    public long Floor { get; private set; } = after;

    /// <summary>The number of entries.</summary>
    public int Count => (int)(End - First);

    /// <summary>The memory it takes, in bytes.</summary>
    public long Bytes => chunkBytes + ((long)Count * RingEntry.Overhead);

    /// <summary>Returns the entry with a sequence number from <see cref="First"/> to before <see cref="End"/>.</summary>
    public ref readonly RingEntry this[long sequence] => ref entries[Place(sequence)];

    /// <summary>Appends an event.</summary>
    /// <param name="kind"><see cref="RingEntryKind.Live"/> or <see cref="RingEntryKind.History"/>.</param>
    /// <param name="id">Its id, above <see cref="Head"/>.</param>
    /// <param name="previousId">The id of the event before it, if the backend says so; not above <see cref="Head"/>.</param>
    /// <param name="json">Its JSON.</param>
    /// <param name="readAt">The time it was read, as the clock's timestamp.</param>
    /// <param name="happenedAt">Its own timestamp, in ticks of UTC.</param>
    /// <exception cref="InvalidOperationException">An event before it is missing, or it is there already. Nothing was appended.</exception>
    public void Append(RingEntryKind kind, long id, long? previousId, ReadOnlySpan<byte> json, long readAt, long happenedAt)
    {
        if (id <= Head || previousId > Head)
        {
            throw new InvalidOperationException($"Event {id} after {previousId?.ToString() ?? "an unnamed one"} doesn't follow {Head}.");
        }

        if (Head == 0 && previousId is null)
        {
            // The log may have been cut before its first event: a viewer with a cursor below would not hear of that.
            Floor = id - 1;
        }

        if (current is null || !current.HasRoomFor(json.Length))
        {
            current = new RingChunk(Math.Max(json.Length, (int)Math.Clamp(chunkBytes, SmallestChunk, LargestChunk)));
            chunkBytes += current.Size;
        }

        var offset = current.Add(json);
        Add(new RingEntry(kind, id, Head, HasMore: false, current, offset, json.Length, appended, readAt, happenedAt));
        Head = id;
        appended += json.Length;
    }

    /// <summary>Appends an entry that is no event.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="hasMore">Of a batch's end: true if more history follows.</param>
    /// <param name="readAt">The time, as the clock's timestamp.</param>
    public void AppendMark(RingEntryKind kind, bool hasMore, long readAt) =>
        Add(new RingEntry(kind, Head, Head, hasMore, Chunk: null, Offset: 0, Length: 0, appended, readAt, HappenedAt: 0));

    /// <summary>Puts events before the oldest one, so that viewers with older cursors can join.</summary>
    /// <param name="older">A ring of the same log. It changes nothing unless that leads up to <see cref="Floor"/> without a gap.</param>
    /// <param name="maxBytes">The most memory that they may take, in bytes.</param>
    public void Prepend(EventRing older, long maxBytes)
    {
        var count = (int)(older.FirstAfter(Floor) - older.First);
        var bytes = older.BytesFrom(older.First) - older.BytesFrom(older.First + count);
        if (older.Floor >= Floor || older.Head < Floor || count == 0 || bytes > maxBytes)
        {
            return;
        }

        var chunk = new RingChunk((int)(bytes - ((long)count * RingEntry.Overhead)));
        chunkBytes += chunk.Size;
        if (entries.Length < Count + count)
        {
            Resize(Count + count);
        }

        var began = Count == 0 ? appended : this[First].Start;
        for (var sequence = older.First + count - 1; sequence >= older.First; sequence--)
        {
            ref readonly var entry = ref older[sequence];
            began -= entry.Length;
            start = (start + entries.Length - 1) % entries.Length;
            First--;
            entries[start] = entry with { Chunk = chunk, Offset = chunk.Add(entry.Json), Start = began };
        }

        Floor = older.Floor;
    }

    /// <summary>Removes the oldest entry.</summary>
    public void RemoveFirst()
    {
        ref var oldest = ref entries[start];
        Floor = Math.Max(Floor, oldest.Id);
        if (oldest.Chunk is { Size: var size } chunk && chunk.RemoveOne())
        {
            chunkBytes -= size;
            current = current == chunk ? null : current;
        }

        oldest = default;
        start = (start + 1) % entries.Length;
        First++;
    }

    /// <summary>Removes all entries, and gives all memory back.</summary>
    public void Clear()
    {
        while (First < End)
        {
            RemoveFirst();
        }

        (entries, start) = ([], 0);
    }

    /// <summary>Gives back memory that the entries don't need any more.</summary>
    public void Trim()
    {
        if (Count == 0)
        {
            (entries, start) = ([], 0);
        }
        else if (entries.Length > 4 * Math.Max(Count, FewestEntries))
        {
            Resize(2 * Count);
        }
    }

    /// <summary>Returns the sequence number of the first entry for a viewer that has all events up to a cursor.</summary>
    /// <param name="cursor">The cursor, from <see cref="Floor"/> to <see cref="Head"/>.</param>
    public long FirstAfter(long cursor)
    {
        var (low, high) = (First, End);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = this[middle].Id <= cursor ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Returns the bytes and overheads of the entries from a sequence number on.</summary>
    public long BytesFrom(long sequence) =>
        sequence >= End ? 0 : appended - this[Math.Max(sequence, First)].Start + ((End - sequence) * RingEntry.Overhead);

    private int Place(long sequence)
    {
        if (sequence < First || sequence >= End)
        {
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"The ring holds {First} to before {End}.");
        }

        return (int)((start + (sequence - First)) % entries.Length);
    }

    private void Add(in RingEntry entry)
    {
        if (Count == entries.Length)
        {
            Resize(Math.Max(FewestEntries, 2 * Count));
        }

        End++;
        entries[Place(End - 1)] = entry;
    }

    private void Resize(int length)
    {
        var resized = new RingEntry[length];
        for (var i = 0; i < Count; i++)
        {
            resized[i] = entries[(start + i) % entries.Length];
        }

        (entries, start) = (resized, 0);
    }
}
