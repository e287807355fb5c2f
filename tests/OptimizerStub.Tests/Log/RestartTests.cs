using System.Net.Http.Json;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Log;

/// <summary>The program as a process of its own, killed and started again on the same log.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Kills = 3;
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task After_kill_9_every_event_is_there_and_the_job_goes_on_with_the_same_candidates()
    {
        var seen = new List<JobEvent>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = await ChildStub.StartAsync(directory.Path);
            if (kill == 0)
            {
                await CreateAsync(
                    child,
                    new
                    {
                        maxIterations = 40,
                        iterationDelayMs = 15,
                        seed = 11,
                    }
                );
            }

            using var watch = child.Watch("job-1", seen.Count);
            for (var count = 0; count < 30; count++)
            {
                seen.Add((await watch.EventAsync())!);
            }

            await child.KillAsync();
        }

        using var last = await ChildStub.StartAsync(directory.Path);
        using var rest = last.Watch("job-1", seen.Count);
        seen.AddRange(await rest.RestAsync());
        using var again = last.Watch("job-1", 0);
        Assert.Equal(await again.RestAsync(), seen);

        var crashes = seen.Where(e => e.JobFailed is not null).ToList();
        Assert.Equal(Kills, crashes.Count);
        Assert.All(crashes, e => Assert.True(e.JobFailed.WillRetry));
        Assert.All(crashes, e => Assert.NotNull(seen[(int)e.Id].JobResumed));
        Assert.Equal(await UndisturbedScoresAsync(last), Scores(seen));
    }

    [Fact]
    public async Task Paused_jobs_stay_paused_over_a_restart_and_queued_ones_are_started()
    {
        using (var child = await ChildStub.StartAsync(directory.Path))
        {
            await CreateAsync(child, new { iterationDelayMs = 60_000 });
            using var watch = child.Watch("job-1", 0);
            await watch.EventAsync();
            using var paused = await child.Http.PostAsync(new Uri("/jobs/job-1/pause", UriKind.Relative), null, Deadline.Token);
            Assert.True(paused.IsSuccessStatusCode);
            await CreateAsync(child, new { iterationDelayMs = 0, maxIterations = 1 });
            await child.KillAsync();
        }

        using var again = await ChildStub.StartAsync(directory.Path);
        Assert.Equal("paused", (await again.JobAsync("job-1")).GetProperty("state").GetString());
        using var second = again.Watch("job-2", 0);
        Assert.NotNull((await second.RestAsync())[^1].JobCompleted);
    }

    [Fact]
    public async Task SIGTERM_ends_the_process_at_once_though_a_job_runs_and_is_watched()
    {
        using (var child = await ChildStub.StartAsync(directory.Path))
        {
            await CreateAsync(child, new { iterationDelayMs = 60_000 });
            using var watch = child.Watch("job-1", 0);
            await watch.EventAsync(e => e.Stage == "mutate");
            var begun = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, await child.TerminateAsync());
            Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(4));
        }

        using var again = await ChildStub.StartAsync(directory.Path);
        using var resumed = again.Watch("job-1", 2);
        Assert.True((await resumed.EventAsync())!.JobFailed.WillRetry);
        Assert.NotNull((await resumed.EventAsync())!.JobResumed);
    }

    private static async Task CreateAsync(ChildStub child, object config)
    {
        var request = new
        {
            promptId = "p",
            datasetId = "support",
            config,
        };
        using var created = await child.Http.PostAsJsonAsync("/jobs", request, Deadline.Token);
        created.EnsureSuccessStatusCode();
    }

    private static async Task<List<double>> UndisturbedScoresAsync(ChildStub child)
    {
        await CreateAsync(child, new { maxIterations = 40, seed = 11 });
        using var watch = child.Watch("job-2", 0);
        return Scores(await watch.RestAsync());
    }

    private static List<double> Scores(List<JobEvent> events) =>
        [.. events.Where(e => e.IterationCompleted is not null).Select(e => e.IterationCompleted.Score)];
}
