using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Tests.Outboxes;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Subscriptions;

/// <summary>
/// One connection's jobs without a server: those named <c>away-…</c> have a backend that never answers, so that they go on opening; no other job
/// has a backend.
/// </summary>
internal sealed class AbsentJobs : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BackendRegistry backends;
    private readonly FeedSet feeds;

    public AbsentJobs(int outboxBytes = 64 * 1024, HeldMemory? held = null)
    {
        Metrics = new GatewayMetrics(services.GetRequiredService<IMeterFactory>(), Clock);
        var away = new BackendOptions { Address = "http://away.invalid:1", JobIds = "away-*" };
        var settings = new Dictionary<string, BackendOptions>(StringComparer.Ordinal) { ["away"] = away };
        backends = new BackendRegistry(
            settings,
            new UpstreamOptions(),
            held ?? HeldMemory.Plenty,
            NoAddress,
            Clock,
            NullLoggerFactory.Instance,
            Metrics
        );
        Outbox = TestOutbox.New(outboxBytes, outboxBytes);
        var watches = new WatchFactory(backends, Clock, Metrics);
        feeds = new FeedSet(watches, new FeedOptions(), HeldMemory.Plenty, outboxBytes, new TranslationOptions(), Clock, Metrics);
        Source = new JobSource(feeds, CallerHeaders.None, new TranslationOptions());
    }

    public FakeTimeProvider Clock { get; } = new();

    public GatewayMetrics Metrics { get; }

    public Outbox Outbox { get; }

    public JobSource Source { get; }

    public ConcurrentQueue<Exception> Faults { get; } = [];

    public static ClientMessage Subscribe(string jobId) => new(ClientMessageType.Subscribe, jobId, 0, null, null);

    public static ClientMessage Replay(string jobId, string? requestId = null) => new(ClientMessageType.Replay, jobId, 0, null, requestId);

    /// <summary>Takes the next message off the outbox, as a socket that has room does.</summary>
    public async Task<JsonNode> TakeAsync()
    {
        Assert.True(await Outbox.WaitToTakeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(Outbox.TryTake(out var message, out _));
        var json = JsonNode.Parse(message.Bytes.Span)!;
        message.Return();
        return json;
    }

    /// <summary>Waits until what was taken has been sent, and so on: the socket has come back for more.</summary>
    public Task EventuallyAsync(Func<bool> condition, string what) =>
        Until.TrueAsync(
            () =>
            {
                Assert.False(Outbox.TryTake(out _, out _));
                return Task.FromResult(condition());
            },
            what
        );

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(Faults);
        feeds.Dispose();
        await backends.DisposeAsync();
        await services.DisposeAsync();
    }

    private static Task<IPAddress[]> NoAddress(string name, CancellationToken stop) => Task.FromResult<IPAddress[]>([]);
}
