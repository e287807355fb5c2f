namespace OptimizationGateway.JobLogs;

internal static class FaultText
{
    /// <summary>The message without further lines: Npgsql's say that details are left out.</summary>
    public static string FirstLine(this Exception fault) => fault.Message.Split('\n')[0].TrimEnd('\r', '.');
}
