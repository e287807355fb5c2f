using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>The settings under <c>LogServer:Limits</c>: what one producer may ask for, so that it slows nobody.</summary>
internal sealed record LimitOptions
{
    /// <summary>The bytes of one event, as it is stored. The gateway takes 4 MiB. Default: 1 MiB.</summary>
    [Range(1024, 4 * 1024 * 1024)]
    public int EventBytes { get; init; } = 1024 * 1024;

    /// <summary>The bytes of one request's body. Default: 4 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int BatchBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The events of one request. Default: 10,000.</summary>
    [Range(1, 100_000)]
    public int BatchEvents { get; init; } = 10_000;

    /// <summary>The requests a second of one address, in the long run; twice as many at once. Default: 5,000.</summary>
    [Range(1, 1_000_000)]
    public int AppendsPerSecond { get; init; } = 5000;

    /// <summary>The requests of one address that are under way at the same time. Default: 64.</summary>
    [Range(1, 10_000)]
    public int AppendsAtOnce { get; init; } = 64;

    /// <summary>The jobs that the log keeps, the ended ones included. Default: 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int Jobs { get; init; } = 1_000_000;

    /// <summary>The producers of one job, each with an id of its own. Default: 100.</summary>
    [Range(1, 100_000)]
    public int ProducersPerJob { get; init; } = 100;
}
