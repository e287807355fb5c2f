namespace OptimizationGateway.Bench;

/// <summary>The kinds of workloads.</summary>
internal enum WorkloadKind
{
    /// <summary>Viewers of a job each take a number of events as fast as they can.</summary>
    Flood,

    /// <summary>Viewers stay for a while, at the jobs' own rate.</summary>
    Paced,

    /// <summary>Viewers that come, take one event and leave.</summary>
    Visits,

    /// <summary>Viewers lose their bridge and come back to another one.</summary>
    Storm,

    /// <summary>Paced, with viewers that read nothing.</summary>
    Stuck,
}

/// <summary>One workload: what the load backend offers and what the load client does.</summary>
/// <param name="Name">The name, as in WORKLOADS.</param>
/// <param name="Title">What it is, for the report.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Job">The jobs' name, as bench/Load reads it; <c>@</c> becomes the number of events.</param>
internal sealed record Workload(string Name, string Title, WorkloadKind Kind, string Job)
{
    /// <summary>The number of viewers, each on its own socket. Default: 1.</summary>
    public int Viewers { get; init; } = 1;

    /// <summary>The number of jobs that they share. Default: one each.</summary>
    public int? Jobs { get; init; }

    /// <summary>The number of events for each viewer of a flood.</summary>
    public int Events { get; init; }

    /// <summary>The number of events for each viewer before a flood is measured, until code is compiled for speed. Default: as many.</summary>
    public int WarmUp
    {
        get => field > 0 ? field : Events;
        init;
    }

    /// <summary>The time that is measured. Default: 8 s.</summary>
    public double Seconds { get; init; } = 8;

    /// <summary>True if what a viewer costs is the question: then nothing fills the process's memory before.</summary>
    public bool IsMemory { get; init; }

    /// <summary>The number of further viewers that read nothing.</summary>
    public int Stuck { get; init; }

    /// <summary>The file descriptors that a bridge needs: a socket a viewer, and where it doesn't share, a part of a connection.</summary>
    public int Descriptors => Viewers + Stuck + (Viewers / 50) + 300;

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("live-1", "live, 1 stream", WorkloadKind.Flood, "live-@-usual-*") { Events = 500_000 },
        new("live-50", "live, 50 streams on 50 sockets", WorkloadKind.Flood, "live-@-usual-*") { Viewers = 50, Events = 20_000 },
        new("live-1-plain", "live, 1 stream, no details", WorkloadKind.Flood, "live-@-plain-*") { Events = 500_000 },
        new("history-1", "history, 1 stream", WorkloadKind.Flood, "history-@-usual-*") { Events = 500_000 },
        new("history-50", "history, 50 streams", WorkloadKind.Flood, "history-@-usual-*") { Viewers = 50, Events = 20_000 },
        new("live-2k", "live, 1 stream, events of 2 kB", WorkloadKind.Flood, "live-@-2k-*") { Events = 100_000 },
        new("live-100k", "live, 1 stream, events of 100 kB", WorkloadKind.Flood, "live-@-100k-*") { Events = 5_000 },
        new("rate-1000", "1 stream, 1,000 events/s", WorkloadKind.Paced, "rate-1000-usual-*"),
        new("viewers", "1,000 viewers of one job, 100 events/s", WorkloadKind.Paced, "rate-100-usual-*") { Viewers = 1_000, Jobs = 1 },
        new("jobs-2000", "2,000 subscriptions, each its own job, 1 event/s", WorkloadKind.Paced, "rate-1-usual-*")
        {
            Viewers = 2_000,
            IsMemory = true,
        },
        new("jobs-10000", "10,000 subscriptions, each its own job, 1 event/s", WorkloadKind.Paced, "rate-1-usual-*")
        {
            Viewers = 10_000,
            IsMemory = true,
        },
        new("idle-10000", "10,000 idle viewers of 50 jobs", WorkloadKind.Paced, "rate-0-usual-*")
        {
            Viewers = 10_000,
            Jobs = 50,
            IsMemory = true,
        },
        new("crowd", "5,000 viewers of 50 jobs, 2 events/s", WorkloadKind.Paced, "rate-2-usual-*")
        {
            Viewers = 5_000,
            Jobs = 50,
            IsMemory = true,
        },
        new("connect", "connect, subscribe, first event", WorkloadKind.Visits, "history-1-usual-*") { Viewers = 5_000 },
        new("storm", "5,000 viewers of 50 jobs come back at once", WorkloadKind.Storm, "rate-1-usual-*") { Viewers = 5_000, Jobs = 50 },
        new("stuck", "900 viewers of one job, 100 more read nothing; 2 kB", WorkloadKind.Stuck, "rate-50-2k-*")
        {
            Viewers = 900,
            Jobs = 1,
            Stuck = 100,
        },
    ];

    /// <summary>The same at a tenth of the size, to see whether everything works.</summary>
    public Workload Quick() =>
        this with
        {
            Events = Events / 10,
            WarmUp = WarmUp,
            Viewers = Viewers > 50 ? Viewers / 10 : Viewers,
            Stuck = Stuck / 10,
            Seconds = 3,
        };

    /// <summary>The jobs of one run. The tag keeps them apart from those of other runs.</summary>
    public string JobOf(int events, string tag) =>
        Job.Replace("@", $"{events}", StringComparison.Ordinal).Replace("*", $"{tag}*", StringComparison.Ordinal);
}
