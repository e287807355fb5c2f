using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>One job, a gateway, and any number of viewers, each on a connection of its own.</summary>
internal sealed class Audience : IAsyncDisposable
{
    public const string Job = "job-1";

    private readonly Lock gate = new();
    private readonly List<TestClient> viewers = [];

    public required JobLog Log { get; init; }

    public required ScriptedBackend Backend { get; init; }

    public required TestGateway Gateway { get; init; }

    public Clock? Clock { get; private init; }

    /// <summary>The viewers that came with <see cref="WatchAsync"/>, in order.</summary>
    public IReadOnlyList<TestClient> Viewers => viewers;

    public static async Task<Audience> OpenAsync(JobLog? log = null, Clock? clock = null, params string[] settings)
    {
        log ??= new JobLog();
        var backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        return new Audience
        {
            Log = log,
            Backend = backend,
            Gateway = await TestGateway.StartAsync(backend.Url, clock, settings),
            Clock = clock,
        };
    }

    /// <summary>A new viewer subscribes.</summary>
    public async Task<TestClient> WatchAsync(long? afterEventId, string? epoch = null)
    {
        var client = await Gateway.ConnectAsync();
        lock (gate)
        {
            viewers.Add(client);
        }

        await SubscribeAsync(client, afterEventId, epoch);
        return client;
    }

    public static Task SubscribeAsync(TestClient client, long? afterEventId, string? epoch = null) =>
        client.SendAsync(
            new
            {
                type = "subscribe",
                jobId = Job,
                afterEventId,
                epoch,
            }
        );

    /// <summary>A new viewer subscribes, and has all that there is.</summary>
    public async Task<TestClient> SettleAsync(long? afterEventId, string? epoch = null)
    {
        var client = await WatchAsync(afterEventId, epoch);
        await OpenedAsync(client, afterEventId);
        return client;
    }

    /// <summary>Takes everything up to the last of the history that a subscription begins with.</summary>
    public static Task<List<JsonObject>> OpenedAsync(TestClient client, long? afterEventId) =>
        client.UntilAsync(m => afterEventId is null ? (string?)m["type"] == "subscribed" : IsLastReplay(m));

    /// <summary>Takes everything up to an event.</summary>
    public static Task<List<JsonObject>> UpToAsync(TestClient client, long id) =>
        client.UntilAsync(m => TestClient.EventIds([m], Job).Contains(id));

    /// <summary>Waits until the backend and the gateway count so many streams.</summary>
    public Task StreamsAsync(int count) =>
        TestGateway.EventuallyAsync(
            () => Gateway.UpstreamStreams == count && Log.Streams == count,
            $"there are {count} streams, and not {Log.Streams}"
        );

    /// <summary>Waits until a value above zero has stayed the same for 0.8 s.</summary>
    public static async Task StandsStillAsync(Func<long> value)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var (last, same) = (value(), 0); same < 8; )
        {
            await poll.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var now = value();
            (last, same) = (now, now == last && now > 0 ? same + 1 : 0);
        }
    }

    /// <summary>The cursors of the requests so far.</summary>
    public List<long> Cursors => [.. Backend.Requests.Select(request => request.HasAfterEventId ? request.AfterEventId : -1)];

    /// <summary>The kinds of messages, such as <c>error backend_unavailable</c>.</summary>
    public static List<string> Kinds(IEnumerable<JsonObject> messages) =>
        [.. messages.Select(m => $"{m["type"]} {m["code"]}{m["reason"]}".TrimEnd())];

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }

        await Gateway.DisposeAsync();
        await Backend.DisposeAsync();
    }

    private static bool IsLastReplay(JsonObject message) => (string?)message["type"] == "replay" && !(bool)message["hasMore"]!;
}
