using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>What a raw backend does with one call.</summary>
public delegate Task RawScript(RawCall call);

/// <summary>
/// A backend that writes its HTTP/2 frames itself: it says what no gRPC server would let a test say. Enough of RFC 9113 to be believed by an
/// honest client, and no more: it never looks at the client's flow control, so keep its answers below 64 KiB.
/// </summary>
public sealed class RawBackend : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<RawScript> scripts = new();
    private readonly ConcurrentBag<RawConnection> connections = [];
    private readonly int? maxStreams;
    private readonly Task accepting;
    private RawScript? always;

    private RawBackend(int? maxStreams)
    {
        this.maxStreams = maxStreams;
        listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>The requests that came, in order.</summary>
    public ConcurrentQueue<WatchJobRequest> Requests { get; } = new();

    /// <summary>How many TCP connections there have been.</summary>
    public int Connections => connections.Count;

    /// <param name="maxStreams">SETTINGS_MAX_CONCURRENT_STREAMS; streams beyond it are refused.</param>
    public static RawBackend Start(int? maxStreams = null) => new(maxStreams);

    /// <summary>The script of the next call that has none.</summary>
    public RawBackend Next(RawScript script)
    {
        scripts.Enqueue(script);
        return this;
    }

    /// <summary>The script of every call that has none of its own.</summary>
    public RawBackend Always(RawScript script)
    {
        always = script;
        return this;
    }

    /// <summary>Says these messages as an honest backend does, then nothing.</summary>
    public static RawScript Say(params WatchJobResponse[] messages) =>
        async call =>
        {
            await call.AnswerAsync();
            await call.SayAsync(messages);
        };

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    internal async Task ServeAsync(RawCall call)
    {
        Requests.Enqueue(call.Request);
        var script = scripts.TryDequeue(out var next) ? next : always;
        try
        {
            await (script ?? throw new InvalidOperationException("The script is at its end."))(call);
        }
        catch (IOException)
        {
            // The gateway has gone; what the test waits for says so.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                connections.Add(new RawConnection(await listener.AcceptSocketAsync(), maxStreams, ServeAsync));
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }
}
