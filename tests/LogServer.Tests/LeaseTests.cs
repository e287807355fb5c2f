using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>Producers that are silent for longer than their lease, and their return.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private readonly Clock clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private LogServerRun run = null!;

    public async ValueTask InitializeAsync() => run = await LogServerRun.StartAsync(clock, "Leases:EndLostJobsAfter=00:01:00");

    public ValueTask DisposeAsync() => run.DisposeAsync();

    [Fact]
    public async Task A_watch_shows_that_a_producer_is_lost_and_that_it_is_back()
    {
        using var created = await run.Client.SendAsync(HttpMethod.Put, "leased", body: null, ("Job-Lease", "10"));
        using var first = await run.Client.AppendAsync(
            "leased",
            """{"eventType":"iteration_completed","iteration":3,"data":{"score":1}}"""
        );
        using var watch = run.Client.Watch("leased");
        Assert.Equal(1, (await watch.NextAsync())!.Id);

        var silent = await SoonAsync(watch.NextAsync(), TimeSpan.FromSeconds(12));
        using var back = await run.Client.AppendAsync("leased", LogServerClient.Note);
        var (resumed, note) = (await watch.NextAsync(), await watch.NextAsync());

        Assert.Equal((2, true), (silent!.Id, silent.JobFailed.WillRetry));
        Assert.Contains("not heard of for 1", silent.JobFailed.Error, StringComparison.Ordinal);
        Assert.Equal((3, 3), (resumed!.Id, resumed.JobResumed.ResumeFromIteration));
        Assert.Equal((4, "note"), (note!.Id, note.Custom.EventType));
    }

    [Fact]
    public async Task A_repeated_put_is_a_sign_of_life()
    {
        using var created = await run.Client.SendAsync(HttpMethod.Put, "alive", body: null, ("Job-Lease", "10"));
        for (var i = 0; i < 4; i++)
        {
            await clock.RunForAsync(TimeSpan.FromSeconds(6));
            using var renewed = await run.Client.SendAsync(HttpMethod.Put, "alive");
            Assert.Equal(200, (int)renewed.StatusCode);
        }

        Assert.Empty(await run.Client.EventsAsync("alive"));
    }

    [Fact]
    public async Task A_job_whose_producer_stays_away_is_ended()
    {
        using var first = await run.Client.AppendAsync("lost", LogServerClient.Note, ("Job-Lease", "10"));
        using var watch = run.Client.Watch("lost");
        Assert.Equal(1, (await watch.NextAsync())!.Id);

        var rest = await SoonAsync(watch.RestAsync(), TimeSpan.FromSeconds(80));
        using var late = await run.Client.AppendAsync("lost", LogServerClient.Note);

        Assert.Equal([true, false], rest.Select(jobEvent => jobEvent.JobFailed.WillRetry));
        Assert.Equal(409, (int)late.StatusCode);
    }

    private async Task<T> SoonAsync<T>(Task<T> awaited, TimeSpan limit)
    {
        await clock.RunUntilAsync(() => awaited.IsCompleted, limit, "the watch shows it");
        return await awaited;
    }
}
