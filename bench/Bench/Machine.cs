using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OptimizationGateway.Bench;

/// <summary>The machine and the programs that figures come from.</summary>
/// <param name="Commit">The commit; <c>-dirty</c> after it if files differ from it.</param>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Cores">The processors that the runner may use.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="MemoryGb">The memory, in GB.</param>
/// <param name="Kernel">The system's kernel.</param>
/// <param name="Runtimes">The versions of .NET, Go and Node.</param>
internal sealed record Machine(string Commit, string Date, int Cores, string Processor, double MemoryGb, string Kernel, string Runtimes)
{
    public static Machine Look(string root) =>
        new(
            Output("git", "-C", root, "rev-parse", "--short", "HEAD")
                + (Output("git", "-C", root, "status", "--porcelain", "-uno") == "" ? "" : "-dirty"),
            DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Environment.ProcessorCount,
            After("/proc/cpuinfo", "model name"),
            Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9),
            $"{RuntimeInformation.OSDescription}, kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}",
            string.Join(
                ", ",
                $".NET {Environment.Version}",
                Output("go", "version").Replace("go version ", "", StringComparison.Ordinal),
                $"Node {Output("node", "--version")}"
            )
        );

    /// <summary>The number of files that a process may have open.</summary>
    public static long Descriptors =>
        long.TryParse(After("/proc/self/limits", "Max open files").Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], out var most)
            ? most
            : long.MaxValue;

    private static string After(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim(' ', '\t', ':')
        ?? "unknown";

    private static string Output(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true }
            )!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"no {program}";
        }
    }
}
