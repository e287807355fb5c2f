using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// The feeds of a gateway, one for each job that is watched live and for each kind of caller that its backend could tell apart. Finds a viewer
/// its seat, and makes feeds of viewers' own watches.
/// </summary>
internal sealed class FeedSet : IDisposable
{
    /// <summary>The longest time that a viewer waits for another one's watch, which it may then share.</summary>
    private static readonly TimeSpan OpeningWait = TimeSpan.FromSeconds(1);

    /// <summary>The age at which an event that every viewer has is dropped: longer than a roll-out or a client's backoff takes.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(75);

    /// <summary>The same where there is one viewer: nobody else is about to come back, and its feed ends with it.</summary>
    private static readonly TimeSpan MaxAgeAlone = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(15);

    /// <summary>The part of the heap that all rings may take: an eighth.</summary>
    private const int HeapParts = 8;

    private readonly Lock gate = new();
    private readonly Dictionary<WatchKey, Place> places = [];
    private readonly WatchFactory watches;
    private readonly FeedOptions options;
    private readonly FeedLimits limits;
    private readonly TranslationOptions translation;
    private readonly TimeProvider time;
    private readonly GatewayMetrics metrics;
    private readonly ITimer trimming;

    /// <param name="watches">Creates the watches.</param>
    /// <param name="options">The settings.</param>
    /// <param name="held">The memory of all clients.</param>
    /// <param name="unsentBytes">The most that a job's furthest viewer still has to be sent, in bytes; then its stream is held back.</param>
    /// <param name="translation">The settings for the translation of events.</param>
    public FeedSet(
        WatchFactory watches,
        FeedOptions options,
        HeldMemory held,
        int unsentBytes,
        TranslationOptions translation,
        TimeProvider time,
        GatewayMetrics metrics
    )
    {
        this.watches = watches;
        this.options = options;
        this.translation = translation;
        this.time = time;
        this.metrics = metrics;
        var heap = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var memory = new FeedMemory(Math.Min(options.MemoryBytes, heap / HeapParts), held);
        limits = new FeedLimits(options.RingBytes, unsentBytes, memory);
        trimming = time.CreateTimer(_ => Trim(), state: null, TrimInterval, TrimInterval);
    }

    /// <summary>The memory of all rings, in bytes.</summary>
    public long Bytes => limits.Memory.Bytes;

    /// <summary>The most memory that all rings should take, in bytes.</summary>
    public long LimitBytes => limits.Memory.Limit;

    /// <summary>Creates the watch of one viewer.</summary>
    /// <returns>Null if no backend is configured for the job.</returns>
    public JobWatcher? NewWatch(WatchStart start) => watches.Create(start);

    /// <summary>Names the feed that a viewer could share.</summary>
    /// <returns>Null if there is none: feeds are off, or no backend has the job.</returns>
    public WatchKey? KeyOf(WatchStart start) => options.Shared ? watches.KeyOf(start) : null;

    /// <summary>
    /// Finds a seat for a new viewer. While another viewer's watch is being opened it waits for that one, since it may share it then.
    /// </summary>
    /// <param name="key">The feed.</param>
    /// <param name="viewer">The viewer.</param>
    /// <param name="request">Its request.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>
    /// The seat; or the turn to open a watch, which the viewer gives back when it knows what became of it; or neither, if it has waited too
    /// long or the token was cancelled.
    /// </returns>
    public async ValueTask<(Seat? Seat, OpeningTurn? Turn)> SitAsync(
        WatchKey key,
        IViewer viewer,
        SeatRequest request,
        CancellationToken stop
    )
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task opening;
            lock (gate)
            {
                if (!places.TryGetValue(key, out var place))
                {
                    places[key] = place = new Place();
                }

                if (place.Feed?.TryJoin(viewer, request with { At = time.GetTimestamp() }) is { } seat)
                {
                    Joined(seat);
                    return (seat, null);
                }

                if (place.Opening is null)
                {
                    return (null, place.Opening = new OpeningTurn(this, key));
                }

                opening = place.Opening.Over;
            }

            var left = OpeningWait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await time.CompletesAsync(opening, left, stop))
            {
                return (null, null);
            }
        }
    }

    /// <summary>Gives a viewer whose own watch has caught up a seat in the job's feed; makes a feed of the watch if there is none.</summary>
    /// <param name="key">The feed.</param>
    /// <param name="viewer">The viewer.</param>
    /// <param name="own">Its watch. If the seat's feed has this watch, the watch isn't the viewer's any more.</param>
    /// <param name="trail">The events that the watch told last.</param>
    /// <param name="earliestTold">The oldest event of the log, if the client was told so.</param>
    /// <returns>Null if the viewer has to go on with its own watch.</returns>
    public Seat? HandOver(WatchKey key, IViewer viewer, RunningWatch own, Trail trail, long? earliestTold)
    {
        if (own.Watcher is not { HasCaughtUp: true, Cursor: { } cursor })
        {
            return null;
        }

        var request = new SeatRequest(cursor, own.Watcher.Epoch, IsOpen: true) { At = time.GetTimestamp() };
        Feed feed;
        Seat seat;
        lock (gate)
        {
            if (!places.TryGetValue(key, out var place))
            {
                places[key] = place = new Place();
            }

            if (place.Feed is { IsOver: false } existing)
            {
                if (existing.TryJoin(viewer, request) is not { } granted)
                {
                    return null;
                }

                var older = trail.HandOver(cursor);
                existing.Extend(older);
                older.Clear();
                Joined(granted);
                return granted;
            }

            feed = NewFeed(own.Watcher, earliestTold, trail.HandOver(cursor));
            seat = feed.Found(viewer, cursor);
            place.Feed = feed;
        }

        own.Watcher.Share(feed.Note);
        metrics.FeedOpened();
        _ = RunAsync(key, feed, own);
        return seat;
    }

    /// <summary>The feeds as they are now.</summary>
    public IReadOnlyList<(WatchKey Key, FeedView View)> Views()
    {
        lock (gate)
        {
            return [.. places.Where(place => place.Value.Feed is not null).Select(place => (place.Key, place.Value.Feed!.View))];
        }
    }

    /// <summary>Takes a turn back. Can be called twice.</summary>
    public void End(WatchKey key, OpeningTurn turn)
    {
        lock (gate)
        {
            if (places.TryGetValue(key, out var place) && place.Opening == turn)
            {
                place.Opening = null;
                RemoveIfFree(key, place);
            }
        }
    }

    public void Dispose() => trimming.Dispose();

    private async Task RunAsync(WatchKey key, Feed feed, RunningWatch watch)
    {
        using (feed)
        using (var pump = new FeedPump(feed, watch, options.GatherTime, translation, time))
        {
            await pump.RunAsync();
        }

        metrics.FeedClosed();
        lock (gate)
        {
            if (places.TryGetValue(key, out var place) && place.Feed == feed)
            {
                place.Feed = null;
                RemoveIfFree(key, place);
            }
        }
    }

    /// <summary>Keeps the closure out of <see cref="HandOver"/>, where it would be made for each event of a viewer's own watch.</summary>
    private Feed NewFeed(JobWatcher watcher, long? earliestTold, EventRing ring) =>
        new(watcher.Epoch, earliestTold, ring, limits, () => watcher.IsSound) { Watcher = watcher };

    private void Joined(Seat seat)
    {
        metrics.ViewerJoined();
        seat.Viewer.Note(TimelineEntryKind.StreamShared, code: null, seat.Cursor);
    }

    private void RemoveIfFree(WatchKey key, Place place)
    {
        if (place is { Feed: null, Opening: null })
        {
            places.Remove(key);
        }
    }

    private void Trim()
    {
        Feed[] feeds;
        lock (gate)
        {
            feeds = [.. places.Values.Select(place => place.Feed).OfType<Feed>()];
        }

        foreach (var feed in feeds)
        {
            feed.Trim(TimestampBefore(MaxAge), TimestampBefore(MaxAgeAlone));
        }
    }

    private long TimestampBefore(TimeSpan age) => time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);

    private sealed class Place
    {
        public Feed? Feed { get; set; }

        public OpeningTurn? Opening { get; set; }
    }
}
