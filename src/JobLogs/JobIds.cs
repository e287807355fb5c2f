namespace OptimizationGateway.JobLogs;

/// <summary>The contract's rules about the ids of jobs.</summary>
internal static class JobIds
{
    public const int MaxLength = 256;

    public static bool IsAllowed(string jobId) => jobId.Length is > 0 and <= MaxLength && !jobId.Any(char.IsControl);
}
