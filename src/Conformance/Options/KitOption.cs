namespace OptimizationGateway.Conformance.Options;

/// <summary>One option of the command line.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">Its argument, for people; null if it takes none.</param>
/// <param name="Meaning">In a sentence.</param>
/// <param name="Take">Reads it; throws <see cref="BadOptionException"/>.</param>
internal sealed record KitOption(string Name, string? Value, string Meaning, Func<KitOptions, string, KitOptions> Take)
{
    public static readonly IReadOnlyList<KitOption> All =
    [
        new(
            "--backend",
            "<url>",
            "where WatchJob is served, such as http://127.0.0.1:5001 (required)",
            (o, v) => o with { Backend = OptionValues.Url(v) }
        ),
        new(
            "--start-job",
            "<command>",
            "starts a job that writes for a few seconds and ends; the last line it prints is the id, or JSON with jobId",
            (o, v) => o with { StartJob = v }
        ),
        new(
            "--finished-job",
            "<id>",
            "a job that has ended (default: one of --start-job, once it has)",
            (o, v) => o with { FinishedJob = OptionValues.JobId("--finished-job", v) }
        ),
        new(
            "--silent-job",
            "<id>",
            "a job that runs and says nothing for some minutes",
            (o, v) => o with { SilentJob = OptionValues.JobId("--silent-job", v) }
        ),
        new(
            "--load-job",
            "<id>",
            "a job that has ended, with 10,000 events and 256 KiB at least (default: load-10000)",
            (o, v) => o with { LoadJob = OptionValues.JobId("--load-job", v) }
        ),
        new(
            "--big-job",
            "<id>",
            "a job that has ended, with some 50 MB of events (default: load-1000000)",
            (o, v) => o with { BigJob = OptionValues.JobId("--big-job", v) }
        ),
        new("--watches-command", "<command>", "prints how many watches the backend has open", (o, v) => o with { WatchesCommand = v }),
        new(
            "--restart-command",
            "<command>",
            "kills the backend with -9, and starts it again; it's run once, at the end",
            (o, v) => o with { RestartCommand = v }
        ),
        new(
            "--pid",
            "<number>",
            "the backend's process, to look at its memory (default: found, on Linux at a loopback address)",
            (o, v) => o with { Pid = OptionValues.Pid(v) }
        ),
        new(
            "--heartbeat",
            "<seconds>",
            "after how much silence it sends a heartbeat (default: 15)",
            (o, v) => o with { Heartbeat = OptionValues.Seconds("--heartbeat", v) }
        ),
        new(
            "--silence",
            "<seconds>",
            "the longest silence that passes (default: --heartbeat and 5 more)",
            (o, v) => o with { Silence = OptionValues.Seconds("--silence", v) }
        ),
        new(
            "--first-message",
            "<seconds>",
            "how soon the first message of a watch must come (default: 5; the gateway gives up after 10)",
            (o, v) => o with { FirstMessage = OptionValues.Seconds("--first-message", v) }
        ),
        new(
            "--job-time",
            "<seconds>",
            "how long a started job may take until it ends (default: 60)",
            (o, v) => o with { JobTime = OptionValues.Seconds("--job-time", v) }
        ),
        new(
            "--ca",
            "<file>",
            "PEM: who may have signed the backend's certificate (default: whom this machine trusts)",
            (o, v) => o with { Authority = OptionValues.ExistingFile("--ca", v) }
        ),
        new(
            "--cert",
            "<file>",
            "PEM: a certificate to show the backend",
            (o, v) => o with { Certificate = OptionValues.ExistingFile("--cert", v) }
        ),
        new("--key", "<file>", "PEM: its key", (o, v) => o with { Key = OptionValues.ExistingFile("--key", v) }),
        new(
            "--metadata",
            "<key=value>",
            "what each call carries; may be repeated",
            (o, v) => o with { Metadata = [.. o.Metadata, OptionValues.Pair(v)] }
        ),
        new("--rule", "<name>", "looks at this rule alone; may be repeated", (o, v) => o with { Rules = [.. o.Rules, v] }),
        new("--strict", null, "a rule that couldn't be looked at counts as failed", (o, _) => o with { Strict = true }),
        new("--json", null, "prints one JSON document instead of the table", (o, _) => o with { Json = true }),
        new("--list", null, "lists the rules", (o, _) => o with { List = true }),
        new("--help", null, "prints this", (o, _) => o with { Help = true }),
        new("--version", null, "prints the version", (o, _) => o with { Version = true }),
    ];
}
