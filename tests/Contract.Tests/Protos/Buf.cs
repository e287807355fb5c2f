using System.Diagnostics;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Protos;

/// <summary>Runs the pinned buf of node_modules at the repository's root.</summary>
internal static class Buf
{
    // Every call here takes well under a second; a minute leaves room for a busy machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly string Executable = RepositoryRoot.Combine("node_modules", ".bin", "buf");

    /// <summary>Splits <paramref name="command"/> at spaces and appends <paramref name="arguments"/> as they are.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string command, params string[] arguments)
    {
        Ci.Require(File.Exists(Executable), "node_modules/.bin/buf is missing: run `make deps`");

        var start = new ProcessStartInfo(Executable, [.. command.Split(' '), .. arguments])
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
