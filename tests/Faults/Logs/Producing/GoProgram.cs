using System.ComponentModel;
using System.Diagnostics;

namespace OptimizationGateway.Faults.Logs.Producing;

/// <summary>Makes a program of a file in Go.</summary>
internal static class GoProgram
{
    /// <returns>The program's path.</returns>
    /// <exception cref="InvalidOperationException">Go isn't installed, or refuses the file.</exception>
    public static string Build(string file, string folder)
    {
        var path = Path.Combine(folder, Path.GetFileNameWithoutExtension(file));
        try
        {
            using var build = Process.Start(
                new ProcessStartInfo("go", ["build", "-o", path, file]) { UseShellExecute = false, RedirectStandardError = true }
            )!;
            var said = build.StandardError.ReadToEnd();
            build.WaitForExit();
            return build.ExitCode == 0 ? path : throw new InvalidOperationException($"go build {file}: {said}");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException("go isn't installed: `make deps` installs it.", error);
        }
    }
}
