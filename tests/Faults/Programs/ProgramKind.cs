namespace OptimizationGateway.Faults.Programs;

/// <summary>The first word of a child's command line.</summary>
internal static class ProgramKind
{
    public const string Gateway = "gateway";
    public const string Stub = "stub";
    public const string LogServer = "log-server";
}
