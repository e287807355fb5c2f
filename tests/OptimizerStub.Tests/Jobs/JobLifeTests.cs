using System.Text.Json;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Tests.Harness;
using Payload = OptimizationGateway.Contracts.V1.JobEvent.PayloadOneofCase;

namespace OptimizationGateway.OptimizerStub.Tests.Jobs;

public sealed class JobLifeTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_job_starts_iterates_and_completes_with_all_its_data()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(new { maxIterations = 5, seed = 7 });
        using var watch = stub.Watch(jobId);
        var events = await watch.RestAsync();

        var started = events[0].JobStarted;
        Assert.Equal(("prompt-1", "support"), (started.PromptId, started.DatasetId));
        Assert.Equal((5, 7), ((int)started.Config.Fields["maxIterations"].NumberValue, (int)started.Config.Fields["seed"].NumberValue));
        string[] stages =
        [
            .. events.Where(e => e.Iteration == 2 && e.Custom is not null).Select(e => e.Custom.Data.Fields["stage"].StringValue),
        ];
        Assert.Equal(["mutate", "evaluate", "select"], stages);
        Assert.Equal(5, events.Count(e => e.PayloadCase is Payload.IterationCompleted));
        Assert.All(events.Where(e => e.IterationCompleted is not null), e => Assert.InRange(e.IterationCompleted.Score, 0.01, 1));

        var job = await stub.JobAsync(jobId);
        var completed = events[^1].JobCompleted;
        Assert.Equal(job.GetProperty("resultPromptId").GetString(), completed.ResultPromptId);
        Assert.Equal(job.GetProperty("bestScore").GetDouble(), completed.FinalScore);
        Assert.Equal(events[^1].Id, job.GetProperty("lastEventId").GetInt64());
        Assert.Contains("Label:", events[^1].Details.Fields["prompt"].StringValue, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_minimizes_keeps_the_least_score_and_ends_at_a_target_below()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(
            new
            {
                maxIterations = 30,
                seed = 7,
                direction = "minimize",
            }
        );
        using var watch = stub.Watch(jobId);
        var events = await watch.RestAsync();
        var iterations = events.Where(e => e.IterationCompleted is not null).ToList();
        var best = iterations.Select(e => e.Details.Fields["bestScore"].NumberValue).ToList();

        Assert.Equal("minimize", events[0].JobStarted.Config.Fields["direction"].StringValue);
        Assert.Equal(best.Order().Reverse(), best);
        Assert.All(iterations, e => Assert.True(e.Details.Fields["bestScore"].NumberValue <= e.IterationCompleted.Score));
        Assert.True(best[^1] < best[0], "It got better.");
        Assert.Equal(best[^1], events[^1].JobCompleted.FinalScore);
        Assert.Equal(best[^1], (await stub.JobAsync(jobId)).GetProperty("bestScore").GetDouble());

        var target = (best[0] + best[^1]) / 2;
        var other = await stub.CreateJobAsync(
            new
            {
                maxIterations = 30,
                seed = 7,
                direction = "minimize",
                targetScore = target,
            }
        );
        using var second = stub.Watch(other);
        var end = (await second.RestAsync())[^1];
        Assert.Equal("target_score", end.Details.Fields["reason"].StringValue);
        Assert.True(end.JobCompleted.FinalScore <= target);
    }

    [Fact]
    public async Task A_direction_that_is_none_is_refused()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var request = new StringContent(
            """{"promptId":"p","datasetId":"support","config":{"direction":"up"}}""",
            mediaType: new("application/json")
        );
        using var response = await stub.Http.PostAsync(new Uri("/jobs", UriKind.Relative), request, Deadline.Token);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(
            "config.direction must be one of: maximize, minimize.",
            await response.Content.ReadAsStringAsync(Deadline.Token),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_same_seed_tells_the_same_story_but_for_timestamps()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var first = await StoryAsync(stub, await stub.CreateJobAsync(new { maxIterations = 12, seed = 5 }));
        var second = await StoryAsync(stub, await stub.CreateJobAsync(new { maxIterations = 12, seed = 5 }));
        var other = await StoryAsync(stub, await stub.CreateJobAsync(new { maxIterations = 12, seed = 6 }));
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Theory]
    [InlineData("""{"maxIterations":100,"targetScore":0.01}""", "target_score")]
    [InlineData("""{"maxIterations":100,"patience":1,"seed":1}""", "patience")]
    [InlineData("""{"maxIterations":1}""", "max_iterations")]
    public async Task A_job_says_why_it_is_done(string config, string reason)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var watch = stub.Watch(await stub.CreateJobAsync(JsonElement.Parse(config)));
        Assert.Equal(reason, (await watch.RestAsync())[^1].Details.Fields["reason"].StringValue);
    }

    [Fact]
    public async Task A_job_that_throws_retries_from_its_last_iteration_and_fails_for_good_with_its_attempts()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(new { maxAttempts = 3 }, "faulty");
        using var watch = stub.Watch(jobId);
        var events = await watch.RestAsync();

        var failures = events.Where(e => e.PayloadCase is Payload.JobFailed).ToArray();
        Assert.Equal([true, true, false], failures.Select(e => e.JobFailed.WillRetry));
        Assert.All(failures, e => Assert.Equal(3, e.Iteration));
        Assert.All(failures, e => Assert.Contains("iteration 3", e.JobFailed.Error, StringComparison.Ordinal));
        Assert.All(failures, e => Assert.Contains("at ", e.JobFailed.ErrorStack, StringComparison.Ordinal));
        Assert.Equal([2, 2], events.Where(e => e.JobResumed is not null).Select(e => e.JobResumed.ResumeFromIteration));
        Assert.Equal("failed", (await stub.JobAsync(jobId)).GetProperty("state").GetString());
        Assert.Equal(409, await stub.PostAsync($"/jobs/{jobId}/resume"));
    }

    [Fact]
    public async Task Pause_reacts_during_the_delay_and_resume_goes_on_from_there()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(
            new
            {
                maxIterations = 2,
                iterationDelayMs = 60_000,
                seed = 3,
            }
        );
        using var watch = stub.Watch(jobId);
        await watch.EventAsync(e => e.Stage == "mutate");
        Assert.Equal(200, await stub.PostAsync($"/jobs/{jobId}/pause"));
        var paused = await watch.EventAsync(e => e.PayloadCase is Payload.JobPaused);
        Assert.Equal((0, paused.Timestamp), (paused.JobPaused.CurrentIteration, paused.JobPaused.PausedAt));

        Assert.Equal(409, await stub.PostAsync($"/jobs/{jobId}/pause"));
        Assert.Equal(200, await stub.PostAsync($"/jobs/{jobId}/resume"));
        var resumed = await watch.EventAsync(e => e.PayloadCase is Payload.JobResumed);
        Assert.Equal((0, resumed.Timestamp), (resumed.JobResumed.ResumeFromIteration, resumed.JobResumed.ResumedAt));
        Assert.Equal(409, await stub.PostAsync($"/jobs/{jobId}/resume"));

        Assert.Equal(200, await stub.PostAsync($"/jobs/{jobId}/cancel"));
        var cancelled = (await watch.RestAsync())[^1];
        Assert.Equal((0, cancelled.Timestamp), (cancelled.JobCancelled.FinalIteration, cancelled.JobCancelled.CancelledAt));
        Assert.Equal(409, await stub.PostAsync($"/jobs/{jobId}/cancel"));
    }

    [Fact]
    public async Task A_queued_job_waits_for_a_place_and_can_be_cancelled_but_not_paused()
    {
        await using var stub = await StubHost.StartAsync(directory.Path, null, "--Stub:MaxRunningJobs=1");
        var first = await stub.CreateJobAsync(new { iterationDelayMs = 60_000 });
        using var firstWatch = stub.Watch(first);
        await firstWatch.EventAsync();
        var second = await stub.CreateJobAsync(new { iterationDelayMs = 60_000 });
        var third = await stub.CreateJobAsync(new { maxIterations = 1 });

        Assert.Equal("queued", (await stub.JobAsync(second)).GetProperty("state").GetString());
        Assert.Equal(409, await stub.PostAsync($"/jobs/{second}/pause"));
        Assert.Equal(409, await stub.PostAsync($"/jobs/{second}/resume"));
        Assert.Equal(200, await stub.PostAsync($"/jobs/{second}/cancel"));
        using var secondWatch = stub.Watch(second);
        Assert.Equal([Payload.JobCancelled], (await secondWatch.RestAsync()).Select(e => e.PayloadCase));

        Assert.Equal(200, await stub.PostAsync($"/jobs/{first}/cancel"));
        using var thirdWatch = stub.Watch(third);
        Assert.NotNull((await thirdWatch.RestAsync())[^1].JobCompleted);
    }

    [Fact]
    public async Task Pauses_resumes_and_cancels_that_race_leave_one_story_that_follows_the_state_machine()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => stub.CreateJobAsync(new { maxIterations = 100, seed = 9 })));
        await Task.WhenAll(jobs.Select(job => RaceAsync(stub, job)));
        foreach (var jobId in jobs)
        {
            using var watch = stub.Watch(jobId);
            var events = await watch.RestAsync();
            Assert.Equal(Enumerable.Range(1, events.Count).Select(id => (long)id), events.Select(e => e.Id));
            AssertStory(events);
        }
    }

    private static async Task RaceAsync(StubHost stub, string jobId)
    {
        string[] steps = ["pause", "resume", "pause", "resume", "resume", "pause", "resume"];
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(steps.Select(step => stub.PostAsync($"/jobs/{jobId}/{step}")));
        }

        await stub.PostAsync($"/jobs/{jobId}/cancel");
    }

    // Two runs at once would show as an iteration twice, or as one while the job is paused.
    private static void AssertStory(List<JobEvent> events)
    {
        var paused = false;
        var iteration = 0;
        foreach (var jobEvent in events)
        {
            switch (jobEvent.PayloadCase)
            {
                case Payload.JobPaused:
                    Assert.False(paused);
                    paused = true;
                    break;
                case Payload.JobResumed:
                    Assert.True(paused);
                    paused = false;
                    break;
                case Payload.IterationCompleted:
                    Assert.False(paused);
                    Assert.Equal(++iteration, jobEvent.Iteration);
                    break;
                case Payload.Custom:
                    Assert.False(paused);
                    break;
                default:
                    break;
            }
        }
    }

    private static async Task<List<string>> StoryAsync(StubHost stub, string jobId)
    {
        using var watch = stub.Watch(jobId);
        var story = new List<string>();
        foreach (var jobEvent in await watch.RestAsync())
        {
            jobEvent.Timestamp = null;
            var number = jobId.Replace("job-", "", StringComparison.Ordinal);
            story.Add(jobEvent.ToString().Replace($"job-{number}", "job", StringComparison.Ordinal));
        }

        Assert.NotEmpty(story);
        return story;
    }
}
