namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// The time during which a watch is known to be broken, PROTOCOL.md section 9. It begins with a fault and ends with an event, or when the
/// reopened stream has stood for a while, so that a backend that accepts and fails in a loop is one outage and not a hundred. The client
/// hears of it once, and only if it lasts.
/// </summary>
internal sealed class Outage(TimeProvider time)
{
    /// <summary>How long to keep quiet: a redeploy that nobody notices needs no words.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(3);

    private long began;
    private bool endsWithSubscribed;

    public bool IsOn { get; private set; }

    /// <summary>Whether the client was told.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>How long until the client is to be told; null where there is nothing to tell.</summary>
    public TimeSpan? AnnounceIn
    {
        get
        {
            if (!IsOn || IsAnnounced)
            {
                return null;
            }

            var left = QuietTime - time.GetElapsedTime(began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <param name="afterSilence">Whether the stream was only silent: then the backend's next <c>subscribed</c> is all that is needed.</param>
    public void Begin(bool afterSilence)
    {
        endsWithSubscribed = afterSilence && (!IsOn || endsWithSubscribed);
        if (!IsOn)
        {
            IsOn = true;
            began = time.GetTimestamp();
        }
    }

    public void Subscribed()
    {
        if (endsWithSubscribed && !IsAnnounced)
        {
            End();
        }
    }

    public void Announced() => IsAnnounced = true;

    public void End()
    {
        IsOn = false;
        IsAnnounced = false;
        endsWithSubscribed = false;
    }
}
