using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The settings, section <c>Stub</c>.</summary>
internal sealed record StubOptions
{
    public const string Section = "Stub";

    /// <summary>The URL of WatchJob: HTTP/2 without TLS.</summary>
    [ListenUrl(ErrorMessage = "must be http://<IP address or localhost>:<port>; port 0 takes a free one.")]
    public string GrpcUrl { get; init; } = "http://127.0.0.1:5001";

    /// <summary>The URL of the JSON API: HTTP/1.1.</summary>
    [ListenUrl(ErrorMessage = "must be http://<IP address or localhost>:<port>; port 0 takes a free one.")]
    public string HttpUrl { get; init; } = "http://127.0.0.1:5002";

    /// <summary>The folder of the event log, made if it isn't there.</summary>
    [Required(ErrorMessage = "must be a path.")]
    public string DataDirectory { get; init; } = "data";

    /// <summary>The number of events kept of a job; null: all.</summary>
    [Within(1, int.MaxValue, ErrorMessage = "must be a whole number of at least 1, or not set.")]
    public int? RetainEventsPerJob { get; init; }

    /// <summary>The most jobs that run at a time; a paused one counts. The others wait as queued.</summary>
    [Within(1, 100_000, ErrorMessage = "must be a whole number from 1 to 100000.")]
    public int MaxRunningJobs { get; init; } = 256;

    /// <summary>The silence on a watch after which it is told that it is alive.</summary>
    [Within("00:00:00.1", "00:10:00", ErrorMessage = "must be a time from 00:00:00.1 to 00:10:00.")]
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>True if load-&lt;n&gt; and paced-&lt;rate&gt; can be watched.</summary>
    public bool LoadJobs { get; init; }

    /// <summary>True if their events name their job and id in <c>details</c>, so that a reader can tell one that went astray.</summary>
    public bool MarkLoadEvents { get; init; }

    /// <summary>Origins of pages elsewhere that may use the JSON API, separated by commas.</summary>
    public string AllowedOrigins { get; init; } = "";

    /// <summary>Names of this host beside localhost and addresses, separated by commas.</summary>
    public string AllowedHosts { get; init; } = "";

    public static string[] Listed(string setting) =>
        setting.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
