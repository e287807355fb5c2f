namespace OptimizationGateway.Faults.Rolling;

/// <summary>Says what came of a run: what didn't hold, and one line that sums it up.</summary>
internal static class FleetReport
{
    /// <returns>The exit code.</returns>
    public static int Print(FleetFacts facts)
    {
        var breaches = facts.Breaches().ToList();
        breaches.ForEach(Console.WriteLine);
        Console.WriteLine(facts);
        return breaches.Count == 0 ? 0 : 1;
    }
}
