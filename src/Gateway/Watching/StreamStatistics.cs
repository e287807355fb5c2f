using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The history of one watch's streams: reports it to the metrics and to the connection's timeline as it happens, and keeps it for the
/// inspector. Only the watch writes it; every member can be read from any thread at any time.
/// </summary>
internal sealed class StreamStatistics(string backend, WatchStart start, TimeProvider time, GatewayMetrics metrics)
{
    private static readonly WatchFaultKind[] Causes = Enum.GetValues<WatchFaultKind>();

    private readonly int[] reopens = new int[Causes.Length];
    private StreamNote? note = start.Timeline is { } kept ? (kind, code, eventId) => kept.Add(kind, start.JobId, code, eventId) : null;
    private bool isBroken;

    /// <summary>The backend's name in the settings.</summary>
    public string Backend => backend;

    /// <summary>The host and port of the replica that the present stream is at, or the last one was; null before the first.</summary>
    public string? Place { get; private set; }

    /// <summary>The number of streams that were opened.</summary>
    public int Opened { get; private set; }

    /// <summary>True if a stream is open, confirmed or not.</summary>
    public bool HasStream { get; private set; }

    /// <summary>The number of streams that were given up because the client took nothing for a while, and opened again.</summary>
    public int HeldBack { get; private set; }

    /// <summary>The last break of a stream; null if none has broken.</summary>
    public StreamBreak? LastBreak { get; private set; }

    /// <summary>The number of reopens by the fault that broke the stream before.</summary>
    public IEnumerable<(WatchFaultKind Cause, int Count)> Reopens =>
        Causes.Select(cause => (Cause: cause, Count: reopens[(int)cause])).Where(reopened => reopened.Count > 0);

    /// <summary>Reports to somebody else from now on than to the connection that the watch began for.</summary>
    public void ReportTo(StreamNote others) => note = others;

    /// <summary>Records that a stream was asked for at this replica.</summary>
    public void StreamOpened(string place)
    {
        Place = place;
        Opened++;
        HasStream = true;
    }

    /// <summary>Records that the backend has confirmed the stream, which goes on from the cursor.</summary>
    public void Confirmed(long? cursor)
    {
        if (isBroken)
        {
            isBroken = false;
            note?.Invoke(TimelineEntryKind.StreamResumed, code: null, cursor);
        }
    }

    /// <summary>Records that the stream was closed.</summary>
    /// <param name="cause">The kind of fault that broke it; null if it is given up because the client takes nothing.</param>
    /// <param name="reopens">True if another stream will be opened.</param>
    public void Closed(WatchFaultKind? cause, bool reopens)
    {
        HasStream = false;
        if (cause is { } kind)
        {
            Broke(kind);
        }

        if (reopens)
        {
            Reopening(cause);
        }
    }

    private void Broke(WatchFaultKind cause)
    {
        isBroken = true;
        LastBreak = new StreamBreak(cause, time.GetUtcNow());
        metrics.StreamBroke(backend, cause.ToString());
        note?.Invoke(TimelineEntryKind.StreamBroke, cause.ToString(), eventId: null);
    }

    private void Reopening(WatchFaultKind? cause)
    {
        metrics.StreamReopened(backend, cause?.ToString());
        if (cause is { } kind)
        {
            reopens[(int)kind]++;
            return;
        }

        HeldBack++;
        note?.Invoke(TimelineEntryKind.HeldBack, code: null, eventId: null);
    }
}

/// <summary>The break of a stream.</summary>
/// <param name="Cause">The kind of fault.</param>
/// <param name="At">The time of the break.</param>
internal sealed record StreamBreak(WatchFaultKind Cause, DateTimeOffset At);

/// <summary>Notes what happens to a stream, for the timelines of the connections that it serves.</summary>
/// <param name="kind">The kind of event.</param>
/// <param name="code">The cause; null if there is none.</param>
/// <param name="eventId">The event it is about; null if there is none.</param>
internal delegate void StreamNote(TimelineEntryKind kind, string? code, long? eventId);
