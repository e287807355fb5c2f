using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.FirstMinute;

/// <summary>Runs a script of scripts/ with Node.js.</summary>
internal static class Script
{
    /// <param name="path">The script, whole.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string path,
        (string Name, string Value)[] environment,
        params string[] arguments
    )
    {
        var (exitCode, output, error) = await ProgramRun.ToItsEndAsync("", environment, "node", [path, .. arguments]);
        return (exitCode, output + error);
    }
}
