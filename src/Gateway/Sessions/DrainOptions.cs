using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The shutdown: the settings under <c>Gateway:Drain</c>.</summary>
internal sealed record DrainOptions
{
    /// <summary>
    /// The time a connection may take once its turn has come: the two limits of <see cref="CloseSequence"/>, and a margin for the
    /// server.
    /// </summary>
    private static readonly TimeSpan LastTurn = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The time over which the connections are closed, so that their clients don't all reconnect to the other replicas in the same second.
    /// Default: 10 s. The process ends at the latest 15 s after it, which together fits into the 30 s that orchestrators usually give.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time after which the remaining connections are aborted.</summary>
    public TimeSpan ShutdownTimeout => Time + LastTurn;
}
