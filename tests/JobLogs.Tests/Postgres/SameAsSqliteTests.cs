using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.JobLogs.Jobs;
using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests.Postgres;

/// <summary>SQL decides on PostgreSQL what C# decides on SQLite: the same appends have the same answers, and leave the same jobs.</summary>
public sealed class SameAsSqliteTests
{
    private const int Tries = 150;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private int tries;

    [Fact]
    public async Task The_same_random_appends_have_the_same_results_and_leave_the_same_jobs()
    {
        await using var file = new SqliteEngine();
        await using var sqlite = await file.OpenAsync(Keep, clock);
        await using var postgres = await PostgresEngine.OfAssembly().OpenAsync(Keep, clock);
        await RandomAppends.Steps.SampleAsync(steps => CompareAsync(steps, sqlite.Store, postgres.Store), iter: Tries, threads: 1);
    }

    private async Task CompareAsync(Step[] steps, IJobLogStore sqlite, IJobLogStore postgres)
    {
        var token = TestContext.Current.CancellationToken;
        var prefix = $"try-{Interlocked.Increment(ref tries)}-";
        var (one, other) = (new StoreView(sqlite, prefix, token), new StoreView(postgres, prefix, token));
        foreach (var step in steps)
        {
            if (step is WaitStep { Time: var time })
            {
                clock.Advance(time);
            }

            Assert.Equal(await one.DoAsync(step), await other.DoAsync(step));
        }

        Assert.Equal(await one.TellAsync(), await other.TellAsync());
    }

    private static void Keep(StoreSettings settings) =>
        (settings.RetainEventsPerJob, settings.RetainEndedJobs, settings.SweepsByItself) = (5, TimeSpan.FromMinutes(30), false);
}
