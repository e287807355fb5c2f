using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>How the gateway shuts down: the settings under <c>Gateway:Drain</c>.</summary>
internal sealed record DrainOptions
{
    /// <summary>
    /// What a connection may take, after its turn to close has come, for what waits in its queues, for its farewell, and for the server to
    /// notice: Farewell's two limits and some air.
    /// </summary>
    private static readonly TimeSpan LastTurn = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Over how long the connections are closed, so that their clients don't all come back to the other replicas in the same second.
    /// Default: 10 s. The process ends at the latest 15 s after it, which together fits into the 30 s that orchestrators usually give.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When the shutdown is given up and what is left is aborted.</summary>
    public TimeSpan ShutdownTimeout => Time + LastTurn;
}
