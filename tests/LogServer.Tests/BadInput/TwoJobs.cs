using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Tests.BadInput;
using OptimizationGateway.LogServer.Tests.Harness;

namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>A log server whose limits are low, with the two jobs that bad requests are about, and a check that they stay as they are.</summary>
public sealed class TwoJobs : IAsyncLifetime
{
    private LogServerRun run = null!;
    private List<JobEvent> acknowledged = [];

    internal LogServerRun Run => run;

    public async ValueTask InitializeAsync()
    {
        run = await LogServerRun.StartAsync(
            clock: null,
            "Limits:EventBytes=2048",
            "Limits:BatchBytes=8192",
            "Limits:BatchEvents=5",
            "Limits:ProducersPerJob=1",
            "Limits:Jobs=2"
        );
        using var two = await run.Client.AppendAsync("job-1", """[{"eventType":"a"},{"eventType":"b"}]""");
        using var ofProducer = await run.Client.AppendAsync(
            "job-1",
            LogServerClient.Note,
            ("Producer-Id", "p"),
            ("Producer-Epoch", "1"),
            ("Producer-Seq", "0")
        );
        using var end = await run.Client.AppendAsync("ended-1", """{"eventType":"job_completed"}""");
        Assert.Equal((204, 200, 204), ((int)two.StatusCode, (int)ofProducer.StatusCode, (int)end.StatusCode));
        acknowledged = [.. await run.Client.EventsAsync("job-1"), .. await run.Client.EventsAsync("ended-1")];
        Assert.Equal([1, 2, 3, 1], acknowledged.Select(jobEvent => jobEvent.Id));
    }

    /// <summary>Nothing that was refused is in the log, and all that was acknowledged is.</summary>
    public async Task AssertUntouchedAsync()
    {
        var found = await run.Client.EventsAsync("job-1");
        Assert.Equal(acknowledged, [.. found, .. await run.Client.EventsAsync("ended-1")]);
        var jobs = await run.Client.Jobs.ListJobsAsync(new ListJobsRequest(), cancellationToken: Deadline.Token);
        Assert.Equal(["ended-1", "job-1"], jobs.Jobs.Select(job => job.JobId).Order(StringComparer.Ordinal));
    }

    public ValueTask DisposeAsync() => run.DisposeAsync();
}
