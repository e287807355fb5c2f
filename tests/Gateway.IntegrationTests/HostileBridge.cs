using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// A gateway with one client between a backend that can't be trusted, for the jobs <c>job-*</c>, and one that can, for all others: whatever the
/// first does, the second's jobs must not notice.
/// </summary>
internal sealed class HostileBridge : IAsyncDisposable
{
    private readonly MetricCollector<long> broken;
    private readonly MetricCollector<long> dropped;
    private readonly ScriptedBackend honest;
    private int honestJobs;

    private HostileBridge(TestGateway gateway, TestClient client, ScriptedBackend honest)
    {
        Gateway = gateway;
        Client = client;
        this.honest = honest;
        var meters = gateway.Services.GetRequiredService<IMeterFactory>();
        broken = new MetricCollector<long>(meters, "OptimizationGateway", "gateway.upstream.broken");
        dropped = new MetricCollector<long>(meters, "OptimizationGateway", "gateway.events.dropped");
    }

    public TestGateway Gateway { get; }

    public TestClient Client { get; }

    /// <summary>Why streams of the hostile backend broke, in order: the counter that operators see.</summary>
    public IReadOnlyList<string> Causes =>
        [.. broken.GetMeasurementSnapshot().Where(m => (string?)m.Tags["backend"] == "hostile").Select(m => (string)m.Tags["cause"]!)];

    /// <summary>How many events were not passed on.</summary>
    public long Dropped => dropped.GetMeasurementSnapshot().Sum(m => m.Value);

    /// <summary>What the log warns of.</summary>
    public IReadOnlyList<string> Warnings =>
        [
            .. Gateway
                .Log.GetSnapshot()
                .Where(r => r.Level >= LogLevel.Warning && r.Category == typeof(Backend).FullName)
                .Select(r => r.Message),
        ];

    public static async Task<HostileBridge> OpenAsync(Uri hostile, Clock? clock = null, params string[] settings)
    {
        var honest = await ScriptedBackend.StartAsync();
        honest.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1)), Say.Live(Say.Completed(2))));
        var gateway = await TestGateway.StartAsync(
            clock,
            [
                $"Gateway:Backends:hostile:Address={hostile}",
                "Gateway:Backends:hostile:JobIds=job-*",
                $"Gateway:Backends:honest:Address={honest.Url}",
                .. settings,
            ]
        );
        return new HostileBridge(gateway, await gateway.ConnectAsync(), honest);
    }

    /// <summary>The gateway lives, on this connection and on a new one, and another backend's job comes through whole.</summary>
    public async Task AssertLivesAsync()
    {
        await AssertComesThroughAsync(Client, $"good-{++honestJobs}");
        await using var another = await Gateway.ConnectAsync();
        await AssertComesThroughAsync(another, $"good-{++honestJobs}");
    }

    /// <summary>A job of two events comes through whole.</summary>
    public static async Task AssertComesThroughAsync(TestClient client, string jobId)
    {
        await client.SubscribeAsync(jobId, 0);
        var messages = await client.UntilAsync(m => (string?)m["jobId"] == jobId && (string?)m["type"] == "unsubscribed");
        Assert.Equal("job_ended", (string?)messages[^1]["reason"]);
        Assert.Equal([1, 2], TestClient.EventIds(messages, jobId));
    }

    /// <summary>What the client has been told of a job, each message as its type and what qualifies it.</summary>
    public IReadOnlyList<string> Told(string jobId = "job-1") =>
        [
            .. Client
                .Received.Where(m => (string?)m["jobId"] == jobId)
                .Select(m =>
                    (string)m["type"]! switch
                    {
                        "error" => $"error {m["code"]} {m["subscription"]}",
                        "unsubscribed" => $"unsubscribed {m["reason"]}",
                        "replay" => $"replay {string.Join(' ', m["data"]!.AsArray().Select(e => e!["id"]))}".TrimEnd(),
                        "event" => $"event {m["event"]!["id"]}",
                        var type => type,
                    }
                ),
        ];

    /// <summary>Waits until the client has been told this; for scripts, which must not take the test's messages.</summary>
    public Task HeardAsync(string what, string jobId = "job-1") =>
        TestGateway.EventuallyAsync(() => Told(jobId).Contains(what), $"the client heard \"{what}\"");

    public async ValueTask DisposeAsync()
    {
        broken.Dispose();
        dropped.Dispose();
        await Client.DisposeAsync();
        await Gateway.DisposeAsync();
        await honest.DisposeAsync();
    }
}
