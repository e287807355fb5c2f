using OptimizationGateway.Faults.Checker;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What a run still owes of its faults, judged while it goes on as it will be judged when it is over.</summary>
internal sealed class Debts(FaultLog log, ReplayTimes replays, double seconds)
{
    /// <summary>How long a fault waits for the moment that it owes: longer than replays are ever let go.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    public bool IsAny => Counts().Missing(seconds).Any();

    public Owed Of(FaultKind kind) => Counts().OwedOf(kind, seconds);

    /// <summary>Whether a fault on the way of these places, now, is one of those that are owed.</summary>
    public bool ArePaidBy(IEnumerable<string> places, Owed owed) =>
        owed switch
        {
            Owed.DuringReplay => places.Any(replays.IsReplaying),
            Owed.WhileLive => !places.Any(replays.IsReplaying),
            _ => true,
        };

    /// <summary>Waits for the right moment. If none comes, the fault is made all the same, and is still owed.</summary>
    public async Task WaitAsync(Func<bool> isRight, CancellationToken stop)
    {
        var end = Environment.TickCount64 + Patience.TotalMilliseconds;
        while (!isRight() && Environment.TickCount64 < end && !stop.IsCancellationRequested)
        {
            await Task.Delay(Glance, CancellationToken.None);
        }
    }

    /// <summary>Completes when nothing is owed, or there is no time left to pay.</summary>
    public async Task PaidAsync(TimeSpan limit)
    {
        var end = Environment.TickCount64 + limit.TotalMilliseconds;
        while (IsAny && Environment.TickCount64 < end)
        {
            await Task.Delay(Glance * 10);
        }
    }

    private FaultCounts Counts() => FaultCounts.Of(log.Written, replays);
}
