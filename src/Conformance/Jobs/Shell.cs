using System.Diagnostics;

namespace OptimizationGateway.Conformance.Jobs;

/// <summary>Runs the commands that the kit was given.</summary>
internal static class Shell
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The command's output.</summary>
    /// <exception cref="KitFaultException">It failed, or took too long.</exception>
    public static async Task<string> RunAsync(string option, string command, CancellationToken token)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd", ["/c", command])
            : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(Deadline);
        try
        {
            // A program that it leaves running in the background may keep its pipes: the end of the command counts.
            var said = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var complained = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode != 0)
            {
                var why = (await complained).Trim();
                throw new KitFaultException($"{option} ended with exit code {process.ExitCode}{(why.Length > 0 ? $": {why}" : ".")}");
            }

            return await said;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new KitFaultException($"{option} wasn't done within {Deadline.TotalSeconds:0} s. It must do its work and return.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The last line that isn't empty; "" for none.</summary>
    public static string LastLine(string output) =>
        output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
}
