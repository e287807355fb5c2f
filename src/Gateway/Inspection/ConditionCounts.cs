namespace OptimizationGateway.Gateway.Inspection;

/// <summary>How many subscriptions are in which condition.</summary>
internal sealed class ConditionCounts
{
    private static readonly Condition[] All = Enum.GetValues<Condition>();

    private readonly int[] counts = new int[All.Length];

    public int Total => counts.Sum();

    public IReadOnlyDictionary<Condition, int> ByName => All.ToDictionary(condition => condition, condition => counts[(int)condition]);

    public void Add(Condition condition) => counts[(int)condition]++;
}
