using OptimizationGateway.BreakableBackend;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>The breakable backend as a process of its own, which has memory of its own, and can die.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Without_a_fault_it_keeps_every_rule()
    {
        Curl.Require();
        var (process, url, jobs) = await StartAsync(Fault.None);
        await using (process)
        {
            (await KitRun.OfAsync(FaultsTests.Arguments(url, jobs))).AssertAllPass();
        }
    }

    [Fact]
    public async Task A_queue_without_a_bound_is_seen_in_its_memory()
    {
        Curl.Require();
        var (process, url, jobs) = await StartAsync(Fault.UnboundedQueue);
        await using (process)
        {
            var run = await KitRun.OfAsync([.. FaultsTests.Arguments(url, jobs), "--rule=held-back-memory"]);

            var found = Assert.Single(run.Rules);
            Assert.Equal("fail", (string?)found["verdict"]);
            var seen = (string)found["seen"]!;
            Assert.True(seen.StartsWith("20 watches of load-1000000 read nothing, and process", StringComparison.Ordinal), seen);
        }
    }

    [Fact]
    public async Task One_that_dies_ends_the_run_with_one_failure_and_one_message()
    {
        Curl.Require();
        var (process, url, jobs) = await StartAsync(Fault.None);
        await using (process)
        {
            // The command that should start a job kills the backend instead, and names one that nobody will serve.
            var run = await KitRun.OfAsync(
                $"--backend={url}",
                "--finished-job=finished",
                $"--start-job=kill -9 {process.Id}; echo gone",
                "--rule=seam",
                "--rule=not-found",
                "--rule=out-of-range",
                "--json"
            );

            Assert.Equal(["fail", "not_applicable", "not_applicable"], run.Rules.Select(rule => (string?)rule["verdict"]));
            Assert.Contains(
                "And now the backend is gone. Nothing answers at",
                (string)run.Rules.First()["seen"]!,
                StringComparison.Ordinal
            );
            Assert.Equal("The backend doesn't answer since seam.", (string?)run.Rules.Last()["seen"]);
            Assert.Equal(1, run.ExitCode);
        }
    }

    private static async Task<(ProgramProcess Process, Uri Url, Uri Jobs)> StartAsync(Fault fault)
    {
        var url = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        var jobs = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        var process = new ProgramProcess(typeof(BreakableHost).Assembly.Location, [$"{fault}", $"{url.Port}", $"{jobs.Port}"], jobs);
        await process.StartAsync();
        return (process, url, jobs);
    }
}
