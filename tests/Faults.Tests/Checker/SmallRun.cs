using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Tests.Checker;

/// <summary>
/// A clean run in little, for a test to spoil: two clients read a job that goes on and one that ends, lose their connection in the middle
/// and come back.
/// </summary>
internal sealed class SmallRun
{
    public const string Endless = "paced-60";
    public const string Ending = "load-5";
    public const string First = "dotnet-1";
    public const string Second = "node-1";
    public const string Caller = "usual";
    public const string Epoch = "7c1d";
    private const long Began = 1_800_000_000_000;
    private const int Head = 20;
    private const int LastOfEnding = 5;

    private long now = Began;

    public SmallRun()
    {
        Histories = new() { [First] = Tell(First), [Second] = Tell(Second) };
        Logs = [Log(Endless, Head, isEnded: false), Log(Ending, LastOfEnding, isEnded: true)];
        Facts = new RunFacts
        {
            CalmAt = now,
            Heads = new() { [Endless] = Head, [Ending] = LastOfEnding },
            AtRest = [AtRest("gateway-a"), AtRest("gateway-b"), new("stored", new() { ["backend.streams"] = 0 }, 30, null)],
        };
    }

    public Dictionary<string, List<HistoryLine>> Histories { get; }

    public List<BackendLog> Logs { get; }

    public RunFacts Facts { get; set; }

    /// <summary>The first client's lines.</summary>
    public List<HistoryLine> Lines => Histories[First];

    public static uint Sum(string job, long id) => unchecked(((uint)job.Length * 1_000_003u) + ((uint)id * 7919u));

    public Verdict Check() =>
        HistoryChecker.Check(
            // As files are: a line that can't be written and read back is no line.
            Histories.Select(history => (history.Key, history.Value.Select(line => HistoryLine.Parse(line.Write())))),
            new BackendLogs(Logs),
            Facts,
            faults: []
        );

    /// <summary>Where the first client got this live event of the endless job.</summary>
    public int LineOf(long id) => Lines.FindIndex(line => line.What == HistoryKind.Event && line.Ids![0] == id);

    public int LineOf(HistoryKind what, string job) => Lines.FindIndex(line => line.What == what && line.Job == job);

    public static HistoryLine Events(HistoryKind what, string job, long from, long to) =>
        new()
        {
            What = what,
            Job = job,
            More = what == HistoryKind.Replay ? false : null,
            Ids = [.. Enumerable.Range((int)from, (int)(to - from + 1))],
            Sums = [.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(id => Sum(job, id))],
            Marks = [job],
            Callers = [Caller],
            Terminal = job == Ending && to == LastOfEnding ? to : null,
        };

    private static ProgramAtRest AtRest(string gateway) =>
        new(gateway, new() { ["gateway.connections"] = 0, ["gateway.subscriptions"] = 0 }, 25, 25);

    public static BackendLog Log(string job, int count, bool isEnded) =>
        new()
        {
            Job = job,
            Epoch = Epoch,
            IsEnded = isEnded,
            IsWhole = true,
            Sums = [.. Enumerable.Range(1, count).Select(id => Sum(job, id))],
        };

    private List<HistoryLine> Tell(string client)
    {
        List<HistoryLine> first =
        [
            new() { What = HistoryKind.Open, Caller = Caller },
            Subscribe(Endless, 0, ""),
            Subscribed(Endless, 8),
            Events(HistoryKind.Replay, Endless, 1, 8),
            .. Live(9, 11),
            Subscribe(Ending, 0, ""),
            Subscribed(Ending, LastOfEnding),
            Events(HistoryKind.Replay, Ending, 1, LastOfEnding),
            new()
            {
                What = HistoryKind.Unsubscribed,
                Job = Ending,
                Reason = "job_ended",
            },
            new() { What = HistoryKind.Closed, Code = "1006" },
        ];
        List<HistoryLine> second =
        [
            new() { What = HistoryKind.Open, Caller = Caller },
            Subscribe(Endless, 11, Epoch),
            Subscribed(Endless, 14),
            Events(HistoryKind.Replay, Endless, 12, 14),
            .. Live(15, Head),
            new() { What = HistoryKind.Closed, Code = "1000" },
        ];
        return
        [
            .. first.Select(line => line with { Client = client, On = 1, At = now++ }),
            .. second.Select(line => line with { Client = client, On = 2, At = now++ }),
        ];
    }

    private static IEnumerable<HistoryLine> Live(long from, long to) =>
        Enumerable.Range((int)from, (int)(to - from + 1)).Select(id => Events(HistoryKind.Event, Endless, id, id));

    private static HistoryLine Subscribe(string job, long after, string epoch) =>
        new()
        {
            What = HistoryKind.Subscribe,
            Job = job,
            After = after,
            Epoch = epoch,
        };

    private static HistoryLine Subscribed(string job, long last) =>
        new()
        {
            What = HistoryKind.Subscribed,
            Job = job,
            Epoch = Epoch,
            Last = last,
        };
}
