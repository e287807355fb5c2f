using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// What one watch's streams went through: told to the metrics and to the connection's timeline as it happens, and kept for whoever asks.
/// Only the watch writes it; each member can be read from anywhere at any time.
/// </summary>
internal sealed class WatchStanding(string backend, WatchStart start, TimeProvider time, GatewayMetrics metrics)
{
    private static readonly WatchFaultKind[] Causes = Enum.GetValues<WatchFaultKind>();

    private readonly int[] reopens = new int[Causes.Length];
    private bool isBroken;

    public string Backend => backend;

    /// <summary>Which replica the present stream is at, or the last one was: host and port. Null before the first.</summary>
    public string? Place { get; private set; }

    /// <summary>How many streams were opened.</summary>
    public int Streams { get; private set; }

    /// <summary>Whether a stream is open, confirmed or not.</summary>
    public bool HasStream { get; private set; }

    /// <summary>How many streams were given up because the client took nothing for a while, and opened again.</summary>
    public int HeldBack { get; private set; }

    /// <summary>How the last stream that broke did; null where none has.</summary>
    public StreamBreak? LastBreak { get; private set; }

    /// <summary>How often a stream was opened again, by what broke the one before.</summary>
    public IEnumerable<(WatchFaultKind Cause, int Count)> Reopens =>
        Causes.Select(cause => (Cause: cause, Count: reopens[(int)cause])).Where(reopened => reopened.Count > 0);

    public void Opened(string place)
    {
        Place = place;
        Streams++;
        HasStream = true;
    }

    /// <summary>The backend has confirmed the present stream.</summary>
    /// <param name="cursor">Where it goes on from.</param>
    public void Confirmed(long? cursor)
    {
        if (isBroken)
        {
            isBroken = false;
            start.Timeline?.Add(HappeningKind.StreamResumed, start.JobId, eventId: cursor);
        }
    }

    public void Broke(WatchFaultKind cause)
    {
        isBroken = true;
        HasStream = false;
        LastBreak = new StreamBreak(cause, time.GetUtcNow());
        metrics.StreamBroke(backend, cause.ToString());
        start.Timeline?.Add(HappeningKind.StreamBroke, start.JobId, cause.ToString());
    }

    /// <summary>Another stream will be opened.</summary>
    /// <param name="cause">What broke the one before; null where it was let go because its client took nothing for a while.</param>
    public void Reopening(WatchFaultKind? cause)
    {
        HasStream = false;
        metrics.StreamReopened(backend, cause?.ToString());
        if (cause is { } kind)
        {
            reopens[(int)kind]++;
            return;
        }

        HeldBack++;
        start.Timeline?.Add(HappeningKind.HeldBack, start.JobId);
    }
}
