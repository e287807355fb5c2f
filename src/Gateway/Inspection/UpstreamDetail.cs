using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The watch behind a subscription.</summary>
/// <param name="Backend">The backend's name in the settings.</param>
/// <param name="Replica">Which of its servers the present stream is at, or the last one was.</param>
/// <param name="State">How the stream is.</param>
/// <param name="Streams">How many streams were opened.</param>
/// <param name="Reopens">How often another took the place of one, by what ended it; <c>HeldBack</c> is a client that took nothing for a while.</param>
/// <param name="LastBreak">How the last one that broke did, and when.</param>
/// <param name="OutageSeconds">How long the backend has been away; null: it isn't.</param>
internal sealed record UpstreamDetail(
    string Backend,
    string? Replica,
    UpstreamState State,
    int Streams,
    IReadOnlyDictionary<string, int> Reopens,
    BreakDetail? LastBreak,
    double? OutageSeconds
)
{
    private const string HeldBack = "HeldBack";

    public static UpstreamDetail Of(in WatchView watch)
    {
        var streams = watch.Streams;
        var reopens = streams.Reopens.ToDictionary(reopen => reopen.Cause.ToString(), reopen => reopen.Count, StringComparer.Ordinal);
        if (streams.HeldBack > 0)
        {
            reopens[HeldBack] = streams.HeldBack;
        }

        return new UpstreamDetail(
            streams.Backend,
            streams.Place,
            watch.IsConfirmed ? UpstreamState.Open
                : streams.HasStream ? UpstreamState.Opening
                : UpstreamState.None,
            streams.Opened,
            reopens,
            streams.LastBreak is { } last ? new BreakDetail(last.Cause.ToString(), last.At) : null,
            watch.OutageAge is { } age ? Math.Round(age.TotalSeconds, 3) : null
        );
    }
}
