using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>
/// A viewer's place in a feed: a cursor, and the sequence number of the entry that it gets next. It holds no event. The feed's lock guards
/// its state.
/// </summary>
internal sealed class Seat(Feed feed, IViewer viewer, long next, long cursor, long replayUntil, bool owesReplay) : LaneSource
{
    private readonly TaskCompletionSource<SeatEnd> left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<bool>? onReady;

    /// <summary>The feed.</summary>
    public Feed Feed => feed;

    /// <summary>The subscription that it belongs to.</summary>
    public IViewer Viewer => viewer;

    /// <summary>Completes when the viewer has lost its seat and was sent all that it could have from it.</summary>
    public Task<SeatEnd> Left => left.Task;

    /// <summary>The id of the last event that the viewer was given; before the first, the cursor that it came with.</summary>
    public long Cursor { get; set; } = cursor;

    /// <summary>The id of the newest event when it was granted.</summary>
    public long HeadAtJoin { get; init; }

    /// <summary>The time at which it was granted, as the clock's timestamp. No event has waited for its viewer for longer.</summary>
    public long JoinedAt { get; init; }

    /// <summary>The sequence number of the entry that it gets next.</summary>
    public long Next { get; set; } = next;

    /// <summary>The sequence number up to which events are history to it.</summary>
    public long ReplayUntil => replayUntil;

    /// <summary>True if it is to be told where its history ends, even if there is none.</summary>
    public bool OwesReplay { get; set; } = owesReplay;

    /// <summary>The sequence number at which it stops, because its client is about to be sent away.</summary>
    public long Until { get; set; } = long.MaxValue;

    /// <summary>True if it has been given everything, and is to be woken by the next entry.</summary>
    public bool IsParked { get; set; }

    /// <summary>Returns true if there is something in the ring for it.</summary>
    public bool HasMore(EventRing ring) => !IsLost && (Next < Math.Min(ring.End, Until) || OwesReplay);

    /// <inheritdoc/>
    public override bool HasMessages => feed.HasMessages(this);

    /// <inheritdoc/>
    public override SourceView View => feed.ViewOf(this);

    /// <inheritdoc/>
    public override void Attach(Action<bool> onReady) => this.onReady = onReady;

    /// <inheritdoc/>
    public override bool TryTake(out OutboxMessage message) => feed.TryTake(this, out message);

    /// <inheritdoc/>
    public override bool TryPark() => feed.TryPark(this);

    /// <inheritdoc/>
    public override void CloseWhenDrained() => feed.StopAtPresent(this);

    /// <inheritdoc/>
    public override void Leave() => feed.Leave(this);

    /// <summary>True if it was lost: nothing more comes of it.</summary>
    public bool IsLost => left.Task.IsCompleted;

    /// <summary>Wakes the lane that it is attached to.</summary>
    /// <param name="runsHere">True if its client may be served in this thread.</param>
    public void Wake(bool runsHere) => onReady?.Invoke(runsHere);

    /// <summary>Reports that it is lost.</summary>
    public void Lose(SeatEnd end) => left.TrySetResult(end);
}
