namespace OptimizationGateway.Bench.Logs;

/// <summary>The kinds of workloads of a log server.</summary>
internal enum LogWorkloadKind
{
    /// <summary>Producers append as fast as they are answered.</summary>
    Append,

    /// <summary>One producer appends at a pace, and one viewer sees the events through a gateway.</summary>
    Socket,

    /// <summary>One watch reads a long history.</summary>
    Replay,

    /// <summary>Many jobs are watched, and nothing happens.</summary>
    Quiet,
}

/// <summary>One workload of a log server.</summary>
/// <param name="Name">The name, as in WORKLOADS.</param>
/// <param name="Title">What it is, for the report.</param>
/// <param name="Kind">The kind.</param>
internal sealed record LogWorkload(string Name, string Title, LogWorkloadKind Kind)
{
    /// <summary>The number of producers, each with a job of its own.</summary>
    public int Producers { get; init; } = 1;

    /// <summary>The number of events of one append.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The time that is measured, in seconds.</summary>
    public double Seconds { get; init; } = 8;

    /// <summary>The events of the history, or the quiet jobs.</summary>
    public int Size { get; init; }

    public static IReadOnlyList<LogWorkload> All { get; } =
    [
        new("append-1", "append, 1 producer, an event each", LogWorkloadKind.Append),
        new("append-8", "append, 8 producers, an event each", LogWorkloadKind.Append) { Producers = 8 },
        new("append-32", "append, 32 producers, an event each", LogWorkloadKind.Append) { Producers = 32 },
        new("append-8x20", "append, 8 producers, 20 events each", LogWorkloadKind.Append) { Producers = 8, Batch = 20 },
        new("log-socket", "from before the append to the viewer's socket, 50 events/s", LogWorkloadKind.Socket),
        new("log-replay", "a history of 200,000 events, 1 watch", LogWorkloadKind.Replay) { Size = 200_000 },
        new("log-quiet", "10,000 watched jobs in which nothing happens", LogWorkloadKind.Quiet) { Size = 10_000, Seconds = 20 },
    ];

    /// <summary>The same at a tenth of the size, to see whether everything works.</summary>
    public LogWorkload Quick() => this with { Size = Size / 10, Seconds = 3 };
}
