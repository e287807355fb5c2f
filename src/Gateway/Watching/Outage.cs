namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The time during which a watch is known to be broken, PROTOCOL.md section 9. The client hears of it once, and only if it lasts; then
/// it also hears of the end, by an event or by an empty replay. Pure.
/// </summary>
internal sealed class Outage
{
    /// <summary>The age at which an outage is announced. A redeploy that nobody notices isn't worth a message.</summary>
    private static readonly TimeSpan AnnouncedAfter = TimeSpan.FromSeconds(3);

    private TimeSpan began;
    private bool isAnnounced;
    private bool owesAllClear;
    private bool endsWithConfirmation;

    /// <summary>True from the fault until the outage ends.</summary>
    public bool IsOn { get; private set; }

    /// <summary>The time at which it began; null if there is none.</summary>
    public TimeSpan? Since => IsOn ? began : null;

    /// <summary>The time at which the client is to be told; null if there is nothing to tell.</summary>
    public TimeSpan? AnnounceAt => IsOn && !isAnnounced ? began + AnnouncedAfter : null;

    /// <summary>Begins an outage, or goes on with the one there is.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="afterSilence">True if a confirmed stream was only silent: then the next confirmation ends the outage.</param>
    public void Begin(TimeSpan now, bool afterSilence)
    {
        endsWithConfirmation = afterSilence && (!IsOn || endsWithConfirmation);
        began = IsOn ? began : now;
        IsOn = true;
    }

    /// <summary>Records that the client is told of the outage.</summary>
    public void Announce() => (isAnnounced, owesAllClear) = (true, true);

    /// <summary>Records that the client is told an event or a replay, which says by itself that all is well.</summary>
    public void SettleAllClear() => owesAllClear = false;

    /// <summary>Records that the client wasn't told after all, since the first event couldn't be shown.</summary>
    public void OweAllClear() => owesAllClear = isAnnounced;

    /// <summary>Records that a stream was confirmed, which ends an unannounced outage that was mere silence.</summary>
    public void StreamConfirmed()
    {
        if (endsWithConfirmation && !isAnnounced)
        {
            End();
        }
    }

    /// <summary>Ends the outage, if there is one.</summary>
    /// <returns>True if the client still has to be told that all is well.</returns>
    public bool End()
    {
        var isOwed = owesAllClear;
        (IsOn, isAnnounced, owesAllClear, endsWithConfirmation) = (false, false, false, false);
        return isOwed;
    }
}
