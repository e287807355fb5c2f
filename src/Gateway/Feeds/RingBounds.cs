namespace OptimizationGateway.Gateway.Feeds;

/// <summary>Keeps a ring within its bounds, and counts its memory among that of all feeds. Used under the feed's lock.</summary>
/// <param name="ring">The ring.</param>
/// <param name="limits">The bounds.</param>
internal sealed class RingBounds(EventRing ring, FeedLimits limits)
{
    private long counted;

    /// <summary>The memory that older events may take, in bytes.</summary>
    public long RoomForOlder => limits.Memory.IsOver ? 0 : limits.RingNow - ring.Bytes;

    /// <summary>True if all feeds together take more than they should.</summary>
    public bool IsMemoryOver => limits.Memory.IsOver;

    private bool IsTooLarge => limits.Memory.IsOver || ring.Bytes > limits.RingNow;

    /// <summary>Counts what the ring takes now.</summary>
    public void Count()
    {
        limits.Memory.Add(ring.Bytes - counted);
        counted = ring.Bytes;
    }

    /// <summary>Drops what the furthest viewer has, beyond the bounds: slower ones that still need it get watches of their own.</summary>
    /// <param name="furthest">The sequence number that the furthest viewer gets next.</param>
    public void Evict(long furthest)
    {
        while (ring.First < furthest && ring.Bytes > limits.RingNow)
        {
            ring.RemoveFirst();
        }

        Count();
        while (ring.First < furthest && limits.Memory.IsOver)
        {
            RemoveFirst();
        }
    }

    /// <summary>Drops events that every viewer has, and that are older than a time; all of those while all rings are too large.</summary>
    /// <param name="slowest">The sequence number that the slowest viewer gets next.</param>
    /// <param name="readBefore">The time, as the clock's timestamp.</param>
    public void Trim(long slowest, long readBefore)
    {
        while (ring.First < slowest && (IsTooLarge || ring[ring.First].ReadAt < readBefore))
        {
            RemoveFirst();
        }

        ring.Trim();
        Count();
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        ring.Clear();
        Count();
    }

    private void RemoveFirst()
    {
        ring.RemoveFirst();
        Count();
    }
}
