using System.Diagnostics;

namespace OptimizationGateway.Testing;

/// <summary>A program that ends by itself, and what it said.</summary>
public static class ProgramRun
{
    public static async Task<(int ExitCode, string Output, string Error)> ToItsEndAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await error);
    }
}
