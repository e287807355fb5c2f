using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Testing;

/// <summary>The gateway on a real socket of its own, with a log that a test can look into: an unexpected warning fails it.</summary>
public sealed class TestGateway : IAsyncDisposable
{
    private static readonly string?[] Expected = [typeof(Backend).FullName, GatewayHost.AuthorityCategory];

    private readonly WebApplication app;

    private TestGateway(WebApplication app) => this.app = app;

    /// <summary>Where its WebSocket is.</summary>
    public Uri SocketUrl { get; private init; } = null!;

    /// <summary>Where its page is.</summary>
    public Uri HttpUrl { get; private init; } = null!;

    /// <summary>Where its inspector is; null where it has none.</summary>
    public Uri? InspectorUrl => app.Services.GetRequiredService<InspectorHost>().Url is { } url ? new Uri(url) : null;

    public IServiceProvider Services => app.Services;

    public FakeLogCollector Log => app.Services.GetFakeLogCollector();

    /// <summary>How many WatchJob streams it has open.</summary>
    public int UpstreamStreams => app.Services.GetRequiredService<BackendRegistry>().All.Sum(backend => backend.Streams);

    /// <summary>How many connections are open and on their way to their end.</summary>
    public int EndingConnections => app.Services.GetRequiredService<SessionRegistry>().Here().Count(session => session.IsEnding);

    /// <summary>How many streams wait for their turn to be opened.</summary>
    public int WaitingOpens => app.Services.GetRequiredService<BackendRegistry>().All.Sum(backend => backend.Opens.Waiting);

    /// <summary>How many connections it has.</summary>
    public int Connections => app.Services.GetRequiredService<SessionRegistry>().Count;

    /// <summary>How many bytes wait in it for clients.</summary>
    public long QueuedBytes => app.Services.GetRequiredService<SessionRegistry>().QueuedBytes;

    /// <param name="backendUrl">The one backend, for all jobs.</param>
    /// <param name="time">Its clock; the system's by default.</param>
    /// <param name="settings">Further settings, as <c>Gateway:…=value</c>.</param>
    public static Task<TestGateway> StartAsync(Uri backendUrl, TimeProvider? time = null, params string[] settings) =>
        StartAsync(time, [$"Gateway:Backends:test:Address={backendUrl}", .. settings]);

    /// <param name="configure">Changes the composition before it is built.</param>
    public static async Task<TestGateway> StartAsync(TimeProvider? time, string[] settings, Action<IServiceCollection>? configure = null)
    {
        // Endpoints of its own take the place of Urls.
        string[] listens = settings.Any(setting => setting.StartsWith("Kestrel:Endpoints:", StringComparison.Ordinal))
            ? []
            : ["--urls=http://127.0.0.1:0"];
        var app = GatewayHost.Build(
            [.. settings.Select(setting => $"--{setting}"), .. listens],
            builder =>
            {
                builder.Logging.ClearProviders().AddFakeLogging();
                builder.Services.AddSingleton(time ?? TimeProvider.System);
                if (time is FakeTimeProvider)
                {
                    // The drain goes by the fake clock. Its seconds may be longer than those of the host's own limit, which is real.
                    builder.Services.PostConfigure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(2));
                }

                configure?.Invoke(builder.Services);
            }
        );
        await app.StartAsync();
        var http = new Uri(app.Urls.Single());
        return new TestGateway(app)
        {
            HttpUrl = http,
            SocketUrl = new UriBuilder(http) { Scheme = http.Scheme == "https" ? "wss" : "ws", Path = "/ws/optimization" }.Uri,
        };
    }

    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(SocketUrl);

    /// <summary>Stops it as SIGTERM does.</summary>
    public Task StopAsync() => app.StopAsync();

    /// <summary>Waits until a condition on the gateway's own state holds.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what, TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? TestClient.Deadline);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (!condition())
            {
                await poll.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"It never came true that {what}.", e);
        }
    }

    /// <summary>That somebody knocks at the inspector without a key is what tests are about, too; and that memory is short where little is allowed.</summary>
    private bool IsExpected(string? category) =>
        Expected.Contains(category, StringComparer.Ordinal)
        || (category == typeof(Shedding).FullName && Services.GetRequiredService<SessionLimits>().MemoryBytes is not null)
        || category!.StartsWith(typeof(InspectorHost).Namespace!, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        // That a backend or an authority fails is what many tests are about; what the gateway then says of it is expected.
        var records = Log.GetSnapshot();
        var complaints = records
            .Where(record => record.Level >= LogLevel.Warning && !IsExpected(record.Category))
            .Select(record => record.ToString())
            .Concat(LogScan.FaultsOf(records))
            .ToList();
        await app.DisposeAsync();
        if (complaints.Count > 0)
        {
            throw new InvalidOperationException($"The gateway's log has what no test expected:\n{string.Join('\n', complaints)}");
        }
    }
}
