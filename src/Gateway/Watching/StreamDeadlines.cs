using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The deadlines of the present stream: to be confirmed, to say something, and to count as proven. The time to say something runs only
/// while the watch reads: a stream that is held back by its client isn't silent. Pure.
/// </summary>
internal sealed class StreamDeadlines(UpstreamOptions options, Random random)
{
    private static readonly TimeSpan ProvenAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestRead = TimeSpan.FromMilliseconds(1);

    private TimeSpan confirmBy;
    private TimeSpan? readUntil;

    /// <summary>The time at which the stream counts as proven; null while it isn't confirmed.</summary>
    public TimeSpan? ProvenAt { get; private set; }

    /// <summary>Starts over with a new stream.</summary>
    public void Start(TimeSpan now, TimeSpan confirmsWithin) => (confirmBy, readUntil, ProvenAt) = (now + confirmsWithin, null, null);

    /// <summary>Records that the stream was confirmed.</summary>
    public void Confirm(TimeSpan now) => ProvenAt = now + ProvenAfter;

    /// <summary>Records that the stream was closed.</summary>
    public void Close() => (readUntil, ProvenAt) = (null, null);

    /// <summary>Returns true if the stream has been confirmed for long enough to be trusted.</summary>
    public bool IsProven(TimeSpan now) => ProvenAt <= now;

    /// <summary>Returns true if the stream should have been confirmed by now.</summary>
    public bool IsConfirmationOverdue(TimeSpan now) => ProvenAt is null && confirmBy <= now;

    /// <summary>Returns the deadline of the present read; begins a read if there is none.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="timeLeft">The rest of the open timeout; null if there is no such limit.</param>
    public TimeSpan ReadUntil(TimeSpan now, TimeSpan? timeLeft)
    {
        if (readUntil is null)
        {
            var patience = ProvenAt is null ? confirmBy - now : options.SilenceTimeout * (0.9 + (0.2 * random.NextDouble()));
            patience = timeLeft < patience ? timeLeft.Value : patience;
            readUntil = now + (patience > TimeSpan.Zero ? patience : ShortestRead);
        }

        return readUntil.Value;
    }

    /// <summary>Returns true if the present read has taken too long.</summary>
    public bool IsReadOverdue(TimeSpan now) => readUntil <= now;

    /// <summary>Records that the present read has come to something.</summary>
    public void EndRead() => readUntil = null;
}
