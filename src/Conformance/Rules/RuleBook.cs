namespace OptimizationGateway.Conformance.Rules;

/// <summary>All rules, in the order of PROTOCOL.md.</summary>
internal static class RuleBook
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new FirstMessage(),
        new SubscribedFirst(),
        new ExclusiveCursor(),
        new EmptyReplay(),
        new Batches(),
        new TenThousandEvents(),
        new Seam(),
        new LiveOnly(),
        new HistoryOnly(),
        new Ids(),
        new TerminalEnd(),
        new OkMeansEnded(),
        new UnknownJob(),
        new OutOfRange(),
        new Epoch(),
        new HeartbeatInSilence(),
        new Cancellation(),
        new Turnover(),
        new HundredStreams(),
        new FlowControl(),
        new HeldBackMemory(),
        new Values(),
        new JobsList(),
        new Restart(),
    ];
}
