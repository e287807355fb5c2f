using OptimizationGateway.Faults.Logs.Programs;

namespace OptimizationGateway.Faults.Logs.Run;

/// <summary>make log-chaos: a run, and its verdict.</summary>
internal static class LogChaos
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(LogChaosOptions options)
    {
        Console.WriteLine($"log-chaos: seed {options.Seed}, {options.Duration.TotalSeconds:0} s of faults");
        var random = new Random(options.Seed);
        var folder = new RunFolder(Path.Combine(RunFolder.Artifacts, $"log-chaos-{options.Seed}"));
        folder.Clear();
        var isSafe = options.Bug != LogBug.AsynchronousWithoutFence;
        await using var fleet = new LogFleet(folder, PostgresTrio.Start(isSafe, random), standbysThatMustFlush: isSafe ? 1 : 0);
        using var run = new LogChaosRun(fleet, random, options, folder);
        var exitCode = (await run.RunAsync()).Print(options.Seed);
        if (exitCode == 0)
        {
            folder.Delete();
        }

        return exitCode;
    }
}
