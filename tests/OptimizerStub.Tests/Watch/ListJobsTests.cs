using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Watch;

public sealed class ListJobsTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("maximize")]
    [InlineData("minimize")]
    public async Task A_job_is_listed_as_its_events_tell_it(string direction)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var client = new JobsService.JobsServiceClient(stub.Grpc);
        var jobId = await stub.CreateJobAsync(
            new
            {
                maxIterations = 5,
                seed = 3,
                direction,
            }
        );
        using var watch = stub.Watch(jobId);
        var events = await watch.RestAsync();

        var job = (await client.GetJobAsync(new GetJobRequest { JobId = jobId }, cancellationToken: Deadline.Token)).Job;
        var scores = events.Where(e => e.IterationCompleted is not null).Select(e => e.IterationCompleted.Score).ToList();
        Assert.Equal((JobState.Completed, "done", 5, events[^1].Id), (job.State, job.Stage, job.Iteration, job.LastEventId));
        Assert.Equal(
            events[0].JobStarted,
            new JobStarted
            {
                PromptId = job.PromptId,
                DatasetId = job.DatasetId,
                Config = job.Config,
            }
        );
        Assert.Equal((scores[^1], direction == "minimize" ? scores.Min() : scores.Max()), (job.Score, job.BestScore));
        Assert.Equal(events[^1].JobCompleted.ResultPromptId, job.ResultPromptId);
        var listed = client.ListJobs(new ListJobsRequest { States = { JobState.Completed } }, cancellationToken: Deadline.Token);
        Assert.Equal([job], listed.Jobs);
    }

    [Fact]
    public async Task Bad_questions_are_refused()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var client = new JobsService.JobsServiceClient(stub.Grpc);

        Assert.Equal(StatusCode.InvalidArgument, StatusOf(() => client.ListJobs(new ListJobsRequest { PageToken = "no token" })));
        Assert.Equal(StatusCode.InvalidArgument, StatusOf(() => client.ListJobs(new ListJobsRequest { PageSize = -1 })));
        Assert.Equal(StatusCode.NotFound, StatusOf(() => client.GetJob(new GetJobRequest { JobId = "job-1" })));
        Assert.Empty((await client.ListJobsAsync(new ListJobsRequest(), cancellationToken: Deadline.Token)).Jobs);
        var jobId = await stub.CreateJobAsync(new { maxIterations = 1 });
        Assert.Empty(client.ListJobs(new ListJobsRequest { States = { (JobState)99 } }, cancellationToken: Deadline.Token).Jobs);
        Assert.Equal(jobId, client.GetJob(new GetJobRequest { JobId = jobId }, cancellationToken: Deadline.Token).Job.JobId);
    }

    private static StatusCode StatusOf(Func<object> call) => Assert.Throws<RpcException>(call).StatusCode;
}
