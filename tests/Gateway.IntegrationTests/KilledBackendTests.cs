using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// Reliable and Unique with the real optimizer as a process on its own SQLite, killed with -9 and started again while clients watch: not one
/// id lost or repeated, no subscription ended.
/// </summary>
public sealed class KilledBackendTests
{
    private const int Kills = 3;

    [Fact]
    public async Task Killed_at_random_moments_it_loses_and_repeats_nothing()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        await using var stub = await TestStub.StartProcessAsync();
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var fromTheStart = await gateway.ConnectAsync();
        await using var liveOnly = await gateway.ConnectAsync();
        var job = await stub.StartJobAsync(
            new
            {
                maxIterations = 100,
                seed = 1,
                iterationDelayMs = 500,
            }
        );
        await fromTheStart.SubscribeAsync(job, 0);
        await liveOnly.SubscribeAsync(job);
        var start = (long)(await liveOnly.NextAsync("subscribed"))["lastEventId"]!;

        for (var kill = 0; kill < Kills; kill++)
        {
            await AfterEventsAsync(fromTheStart, job, random.Next(1, 7));
            await stub.Process!.KillAsync();
            await stub.Process.StartAsync();
            Assert.True(
                fromTheStart.Received.All(m => (string?)m["type"] != "unsubscribed"),
                string.Join('\n', fromTheStart.Received.TakeLast(4).Select(m => m.ToJsonString()))
            );
        }

        await stub.TellAsync(job, "cancel");
        await fromTheStart.UntilAsync("unsubscribed");
        await liveOnly.UntilAsync("unsubscribed");

        var last = (long)(await stub.JobAsync(job))["lastEventId"]!;
        AssertWhole(fromTheStart, job, after: 0, last, seed);
        AssertWhole(liveOnly, job, after: start, last, seed);
    }

    [Fact]
    public async Task Away_for_thirty_seconds_it_is_said_once_and_nothing_is_missing_when_it_is_back()
    {
        var clock = new Clock();
        await using var stub = await TestStub.StartProcessAsync();
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl, clock);
        await using var client = await gateway.ConnectAsync();
        var job = await stub.StartJobAsync(
            new
            {
                maxIterations = 100,
                seed = 1,
                iterationDelayMs = 500,
            }
        );
        await client.SubscribeAsync(job, 0);
        await AfterEventsAsync(client, job, 5);

        await stub.Process!.KillAsync();
        await clock.RunForAsync(TimeSpan.FromSeconds(30));
        await stub.Process.StartAsync();
        var missed = client.EventIds(job).Count + 5;
        await clock.RunUntilAsync(() => client.EventIds(job).Count >= missed, TimeSpan.FromMinutes(1), "it goes on");
        await stub.TellAsync(job, "cancel");
        await client.UntilAsync("unsubscribed");

        AssertWhole(client, job, after: 0, (long)(await stub.JobAsync(job))["lastEventId"]!, seed: 0);
        var error = client.Received.Single(m => (string?)m["type"] == "error");
        Assert.Equal(("backend_unavailable", "kept"), ((string?)error["code"], (string?)error["subscription"]));
    }

    private static async Task AfterEventsAsync(TestClient client, string job, int count)
    {
        for (var events = 0; events < count; )
        {
            events += TestClient.EventIds([await client.NextAsync()], job).Count;
        }
    }

    private static void AssertWhole(TestClient client, string job, long after, long last, int seed)
    {
        var expected = Enumerable.Range(1, (int)last).Select(id => (long)id).Where(id => id > after);
        Assert.True(expected.SequenceEqual(client.EventIds(job)), $"seed {seed}: {string.Join(' ', client.EventIds(job))}");
        Assert.Single(client.Received, m => (string?)m["type"] == "subscribed");
        Assert.Equal("job_ended", (string?)client.Received[^1]["reason"]);
    }
}
