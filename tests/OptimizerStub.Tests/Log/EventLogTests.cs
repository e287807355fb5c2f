using Grpc.Health.V1;
using Microsoft.Data.Sqlite;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Log;

public sealed class EventLogTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task While_the_log_cannot_be_written_jobs_wait_writes_are_refused_and_nothing_unlogged_is_sent()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var jobId = await stub.CreateJobAsync(
            new
            {
                maxIterations = 100,
                iterationDelayMs = 60,
                seed = 1,
            }
        );
        using var watch = stub.Watch(jobId);
        await watch.EventAsync();

        long frozenAt;
        using (var thief = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "stub.db")};Pooling=False"))
        {
            // A writer that doesn't let go is what the log sees of a disk that refuses: its commits fail, time and again.
            await thief.OpenAsync(Deadline.Token);
            using var hold = thief.BeginTransaction();
            frozenAt = (await stub.JobAsync(jobId)).GetProperty("lastEventId").GetInt64();
            await UntilRefusedAsync(stub, jobId);
            using var history = stub.Watch(jobId, 0, historyOnly: true);
            Assert.Equal(frozenAt, (await history.RestAsync())[^1].Id);
        }

        var next = await watch.EventAsync(e => e.Id > frozenAt);
        Assert.Equal(frozenAt + 1, next.Id);
        Assert.NotNull((await watch.RestAsync())[^1].JobCompleted);
    }

    [Fact]
    public async Task Two_processes_cannot_have_one_log()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        var failure = await Assert.ThrowsAsync<JobLogUnavailableException>(() => StubHost.StartAsync(directory.Path));
        Assert.Contains("Stub:DataDirectory", failure.Message, StringComparison.Ordinal);
        Assert.Contains(directory.Path, failure.Message, StringComparison.Ordinal);
    }

    // Asked time and again, since there is no signal to wait for: health is told to the client at its own pace.
    private static async Task UntilRefusedAsync(StubHost stub, string jobId)
    {
        var health = new Health.HealthClient(stub.Grpc);
        var status = HealthCheckResponse.Types.ServingStatus.Unknown;
        while (status is not HealthCheckResponse.Types.ServingStatus.NotServing)
        {
            status = (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: Deadline.Token)).Status;
        }

        Assert.Equal(503, await stub.PostAsync($"/jobs/{jobId}/cancel"));
    }
}
