namespace OptimizationGateway.Faults.Checker;

/// <summary>How much of a run's watching was shared. A run in which nobody joined a stream, or nobody fell behind one, says nothing of them.</summary>
internal static class Sharing
{
    private const double JoinsPerMinute = 20;
    private const double FallsPerMinute = 1;

    /// <summary>Names what happened too rarely.</summary>
    public static IEnumerable<string> Missing(RunFacts facts)
    {
        var minutes = facts.Seconds / 60;
        if (facts.Joined < Math.Floor(JoinsPerMinute * minutes))
        {
            yield return $"viewers joined a stream that was open ({facts.Joined} times)";
        }

        if (facts.Fallen < Math.Floor(FallsPerMinute * minutes))
        {
            yield return $"viewers fell behind a stream that they shared ({facts.Fallen} times)";
        }
    }
}
