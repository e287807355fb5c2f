namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The time during which a watch is known to be broken, PROTOCOL.md section 9. It begins with a fault and ends with an event, or when the
/// reopened stream has stood for a while, so that a backend that accepts and fails in a loop is one outage and not a hundred. The client
/// hears of it once, and only if it lasts.
/// </summary>
internal sealed class Outage(TimeProvider time)
{
    /// <summary>How long to keep quiet: a redeploy that nobody notices needs no words.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(3);

    /// <summary>How long a reopened stream must stand before the outage is over and a heartbeat counts as progress.</summary>
    private static readonly TimeSpan Standing = TimeSpan.FromSeconds(10);

    private long began;
    private long? subscribedAt;
    private bool endsWithSubscribed;

    public bool IsOn { get; private set; }

    /// <summary>When it began, by the clock's timestamp; null where there is none.</summary>
    public long? Since => IsOn ? began : null;

    /// <summary>Whether the client was told.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>How long until the client is to be told; null where there is nothing to tell.</summary>
    public TimeSpan? AnnounceIn => IsOn && !IsAnnounced ? Left(QuietTime, began) : null;

    /// <summary>How long until the present stream will have stood for long enough to end it; null where there is none that stands.</summary>
    public TimeSpan? EndsIn => IsOn && subscribedAt is { } since ? Left(Standing, since) : null;

    /// <summary>Whether the present stream has stood for a while.</summary>
    public bool HasStood => subscribedAt is { } since && Left(Standing, since) == TimeSpan.Zero;

    /// <summary>A new stream was asked for.</summary>
    public void StreamStarted() => subscribedAt = null;

    /// <summary>The present stream was confirmed.</summary>
    public void Subscribed()
    {
        subscribedAt = time.GetTimestamp();
        if (endsWithSubscribed && !IsAnnounced)
        {
            End();
        }
    }

    /// <param name="afterSilence">Whether the stream was only silent: then the backend's next <c>subscribed</c> is all that is needed.</param>
    public void Begin(bool afterSilence)
    {
        subscribedAt = null;
        endsWithSubscribed = afterSilence && (!IsOn || endsWithSubscribed);
        if (!IsOn)
        {
            IsOn = true;
            began = time.GetTimestamp();
        }
    }

    public void Announced() => IsAnnounced = true;

    public void End()
    {
        IsOn = false;
        IsAnnounced = false;
        endsWithSubscribed = false;
    }

    private TimeSpan Left(TimeSpan of, long since)
    {
        var left = of - time.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
