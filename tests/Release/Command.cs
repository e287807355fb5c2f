using System.Diagnostics;

namespace OptimizationGateway.Release;

/// <summary>Runs another program to its end.</summary>
internal static class Command
{
    /// <returns>What it printed.</returns>
    /// <exception cref="CommandFailedException">It ended with an error, or can't be started.</exception>
    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        var what = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? await output
                : throw new CommandFailedException($"`{what}` ended with {process.ExitCode}:\n{await output}{await error}");
        }
        catch (System.ComponentModel.Win32Exception cause)
        {
            throw new CommandFailedException($"`{what}` can't be started: {cause.Message}. `make deps` installs what is needed.", cause);
        }
    }
}
