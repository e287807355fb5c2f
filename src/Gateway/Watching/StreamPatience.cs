using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>How long the present stream may take for what it has to say next.</summary>
/// <param name="confirmsWithin">How long a stream may take until it is confirmed.</param>
/// <param name="options">How long it may be silent then.</param>
/// <param name="policy">How much time there is in all.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads the reopens of many.</param>
internal sealed class StreamPatience(
    Func<TimeSpan> confirmsWithin,
    UpstreamOptions options,
    ReopenPolicy policy,
    TimeProvider time,
    Random random
)
{
    private long startedAt;
    private TimeSpan limit;

    /// <summary>A new stream was asked for.</summary>
    public void Start()
    {
        startedAt = time.GetTimestamp();
        limit = confirmsWithin();
    }

    /// <summary>The stream's reader was busy elsewhere; that time is not the backend's.</summary>
    public void Resume() => policy.ResumePatience();

    /// <summary>How long to wait for the next message.</summary>
    /// <param name="isSubscribed">Whether the stream has been confirmed.</param>
    public TimeSpan Next(bool isSubscribed)
    {
        var patience = isSubscribed ? options.SilenceTimeout * (0.9 + (0.2 * random.NextDouble())) : ConfirmsIn;
        var shorter = policy.TimeLeft is { } left && left < patience ? left : patience;
        return shorter > TimeSpan.Zero ? shorter : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Whether the time is up though messages keep coming: none of them is the one that counts.</summary>
    public bool IsOver(bool isSubscribed) => policy.TimeLeft <= TimeSpan.Zero || (!isSubscribed && ConfirmsIn <= TimeSpan.Zero);

    private TimeSpan ConfirmsIn => limit - time.GetElapsedTime(startedAt);
}
