using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Log;
using OptimizationGateway.OptimizerStub.Tests.Harness;
using Record = OptimizationGateway.OptimizerStub.Jobs.JobRecord;
using State = OptimizationGateway.OptimizerStub.Jobs.JobState;

namespace OptimizationGateway.OptimizerStub.Tests.Watch;

public sealed class ListJobsTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Pages_have_each_job_once_in_order_also_where_many_share_a_time(int limit)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        // Ticks that end with zeros, too: text that is cut there must still sort.
        await WriteAsync(stub.Log, [.. Enumerable.Range(1, 12).Select(i => At(i, ticks: i / 4 * 50))]);
        var (numbers, place) = (new List<long>(), (ListPlace?)ListPlace.Start);
        while (place is not null)
        {
            var page = stub.Log.ReadJobs(new JobsFilter([], "", ListPlace.Parse(place.ToString())!, limit));
            numbers.AddRange(page.Jobs.Select(job => job.Number));
            place = page.Next;
        }

        Assert.Equal([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], numbers);
    }

    [Theory]
    [InlineData("", "Paused Failed", new long[] { 3, 2 })]
    [InlineData("JOB-1", "", new long[] { 1 })]
    [InlineData("%", "", new long[0])]
    [InlineData("Prompt-B", "", new long[] { 2 })]
    [InlineData("set", "Queued", new long[] { 1 })]
    public async Task Jobs_are_found_by_state_and_text(string text, string states, long[] numbers)
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        await WriteAsync(
            stub.Log,
            At(1, 1),
            At(2, 2) with
            {
                PromptId = "prompt-b",
                State = State.Failed,
            },
            At(3, 3) with
            {
                State = State.Paused,
            }
        );

        Assert.Equal(
            numbers,
            stub.Log.ReadJobs(new JobsFilter(StatesOf(states), text, ListPlace.Start, 10)).Jobs.Select(job => job.Number)
        );
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
        Assert.Empty(
            client.ListJobs(new ListJobsRequest { States = { (Contracts.V1.JobState)99 } }, cancellationToken: Deadline.Token).Jobs
        );
        Assert.Equal(jobId, client.GetJob(new GetJobRequest { JobId = jobId }, cancellationToken: Deadline.Token).Job.JobId);
    }

    private static State[] StatesOf(string names) => [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<State>)];

    private static StatusCode StatusOf(Func<object> call) => Assert.Throws<RpcException>(call).StatusCode;

    private static async Task WriteAsync(EventLog log, params Record[] jobs)
    {
        foreach (var job in jobs)
        {
            await log.AppendAsync(job, [], Deadline.Token);
        }
    }

    private static Record At(long number, long ticks) =>
        new()
        {
            Number = number,
            PromptId = "p",
            DatasetId = "set",
            Config = new JobConfig { Seed = 1 },
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch.AddTicks(ticks),
        };
}
