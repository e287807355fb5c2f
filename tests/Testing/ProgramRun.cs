using System.Diagnostics;

namespace OptimizationGateway.Testing;

/// <summary>A program that ends by itself, and what it said.</summary>
public static class ProgramRun
{
    public static Task<(int ExitCode, string Output, string Error)> ToItsEndAsync(string program, params string[] arguments) =>
        ToItsEndAsync(folder: "", [], program, arguments);

    /// <param name="folder">Where it runs; empty: where this process does.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="program">What runs.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<(int ExitCode, string Output, string Error)> ToItsEndAsync(
        string folder,
        (string Name, string Value)[] environment,
        string program,
        string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await error);
    }
}
