namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The conditions of a subscription, from best to worst: each answers "why did this viewer miss it?".</summary>
internal enum Condition
{
    /// <summary>No more comes: the job has ended, and the client was told.</summary>
    Ended,

    /// <summary>The client has every event that the gateway knows of.</summary>
    Current,

    /// <summary>There are more events, and they are on their way.</summary>
    CatchingUp,

    /// <summary>The backend hasn't confirmed it yet.</summary>
    Opening,

    /// <summary>No more comes: it failed, the client was told why, and has to subscribe anew.</summary>
    Failed,

    /// <summary>Events have waited for the client for a second or more.</summary>
    SlowReader,

    /// <summary>The stream broke, and no other is open.</summary>
    BackendAway,
}

/// <summary>Counts subscriptions by condition.</summary>
internal sealed class ConditionCounts
{
    private static readonly Condition[] All = Enum.GetValues<Condition>();

    private readonly int[] counts = new int[All.Length];

    public int Total => counts.Sum();

    public IReadOnlyDictionary<Condition, int> ByName => All.ToDictionary(condition => condition, condition => counts[(int)condition]);

    public void Add(Condition condition) => counts[(int)condition]++;
}
