namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Decides when a connection is closed for its age, so that a fleet's connections spread again by themselves: at a moment at which nothing
/// waits for the client, and 30 s later at the latest. Pure.
/// </summary>
/// <param name="ends">The age.</param>
internal readonly struct ConnectionLife(TimeSpan ends)
{
    /// <summary>The longest wait for a moment at which nothing waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const double Jitter = 0.2;

    /// <summary>Draws the age at which a connection ends: ± 20 %, so that connections that came together don't leave together.</summary>
    /// <param name="age">The setting; zero for no end.</param>
    /// <param name="random">The source of chance.</param>
    public static ConnectionLife Draw(TimeSpan age, Random random) =>
        new(age > TimeSpan.Zero ? age * (1 - Jitter + (2 * Jitter * random.NextDouble())) : TimeSpan.MaxValue);

    /// <summary>Returns true if the connection is to be closed now.</summary>
    /// <param name="age">Its age.</param>
    /// <param name="isBusy">True if something waits for the client.</param>
    public bool IsOver(TimeSpan age, bool isBusy) => age >= ends && (!isBusy || age - ends >= Patience);
}
