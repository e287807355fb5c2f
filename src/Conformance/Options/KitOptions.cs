namespace OptimizationGateway.Conformance.Options;

/// <summary>The options of the command line.</summary>
internal sealed record KitOptions
{
    /// <summary>The backend's URL.</summary>
    public Uri? Backend { get; init; }

    /// <summary>A job that has ended. Without it, one of <see cref="StartJob"/>, once it has.</summary>
    public string? FinishedJob { get; init; }

    /// <summary>A command that starts a job and prints its id.</summary>
    public string? StartJob { get; init; }

    /// <summary>A job that runs and says nothing for some minutes.</summary>
    public string? SilentJob { get; init; }

    /// <summary>A job that has ended and left 10,000 events.</summary>
    public string LoadJob { get; init; } = "load-10000";

    /// <summary>A job that has ended and left more than anybody should keep in memory for a reader that is stuck.</summary>
    public string BigJob { get; init; } = "load-1000000";

    /// <summary>A command that prints how many watches the backend has open.</summary>
    public string? WatchesCommand { get; init; }

    /// <summary>A command that kills the backend with -9 and starts it again.</summary>
    public string? RestartCommand { get; init; }

    /// <summary>The backend's process, whose memory is looked at. Without it, the one that listens at a loopback address.</summary>
    public int? Pid { get; init; }

    /// <summary>After how much silence the backend sends a heartbeat.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest silence that passes. Without it, <see cref="Heartbeat"/> and five seconds.</summary>
    public TimeSpan? Silence { get; init; }

    public TimeSpan LongestSilence => Silence ?? (Heartbeat + TimeSpan.FromSeconds(5));

    /// <summary>The longest time until the first message. The gateway gives up after 10 s.</summary>
    public TimeSpan FirstMessage { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time a started job may take.</summary>
    public TimeSpan JobTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A PEM file with the authorities that may have signed the backend's certificate; null: this machine's.</summary>
    public string? Authority { get; init; }

    /// <summary>A PEM file with the kit's own certificate.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with the key of <see cref="Certificate"/>.</summary>
    public string? Key { get; init; }

    /// <summary>The headers of each call.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The rules to look at; none: all.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    public bool Json { get; init; }

    public bool List { get; init; }

    /// <summary>True if a rule that couldn't be checked counts as failed.</summary>
    public bool Strict { get; init; }

    public bool Help { get; init; }

    public bool Version { get; init; }
}
