using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.BreakableBackend;

/// <summary>The backend on real sockets: WatchJob at one, jobs over HTTP at another.</summary>
public sealed class BreakableHost : IAsyncDisposable
{
    private const int Slotted = 100;
    private const int FewStreams = 50;
    private const int ManyStreams = 1000;

    private readonly CancellationTokenSource stopping = new();
    private CancellationTokenSource life = new();
    private WebApplication? app;
    private int watches;

    private BreakableHost(Fault fault, TimeSpan heartbeat) => (Fault, Heartbeat) = (fault, heartbeat);

    public Uri Url { get; private set; } = null!;

    /// <summary><c>POST /jobs?events=n&amp;delayMs=n</c> and <c>GET /watches</c>.</summary>
    public Uri JobsUrl { get; private set; } = null!;

    internal Fault Fault { get; }

    internal TimeSpan Heartbeat { get; }

    internal JobBoard Jobs { get; } = new();

    internal SemaphoreSlim Slots { get; } = new(Slotted);

    /// <summary>A lock that is held while one message is sent.</summary>
    internal SemaphoreSlim OneForAll { get; } = new(1);

    internal CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when it is killed.</summary>
    internal CancellationToken Life => life.Token;

    /// <param name="fault">What it does wrong.</param>
    /// <param name="heartbeat">After how much silence it sends one.</param>
    /// <param name="port">Of WatchJob; 0: any.</param>
    /// <param name="jobsPort">Of the jobs; 0: any.</param>
    public static async Task<BreakableHost> StartAsync(Fault fault, TimeSpan heartbeat, int port = 0, int jobsPort = 0)
    {
        var host = new BreakableHost(fault, heartbeat);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = fault == Fault.FiftyStreamsOnly ? FewStreams : ManyStreams;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, jobsPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(host);
        host.app = builder.Build();
        host.app.MapGrpcService<BreakableService>();
        host.app.MapGrpcService<BreakableJobs>();
        host.app.MapPost("/jobs", (int events, int delayMs) => Results.Text(host.Jobs.Start(events, delayMs, host.Stopping)));
        host.app.MapPost("/restart", host.RestartAsync);
        host.app.MapGet("/watches", () => Results.Text($"{Volatile.Read(ref host.watches)}"));
        await host.app.StartAsync();
        var urls = host.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        (host.Url, host.JobsUrl) = (new Uri(urls[0]), new Uri(urls[1]));
        return host;
    }

    /// <summary>Waits until the process is told to end.</summary>
    public Task WaitForShutdownAsync() => app!.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app!.StopAsync();
        await app.DisposeAsync();
        stopping.Dispose();
        life.Dispose();
        Slots.Dispose();
        OneForAll.Dispose();
    }

    /// <summary>Does what a kill and a start do to streams and logs. Writing jobs go on where their logs end.</summary>
    internal async Task RestartAsync()
    {
        var killed = Interlocked.Exchange(ref life, new CancellationTokenSource());
        Jobs.Crash(Fault);
        await killed.CancelAsync();
    }

    internal void Entered() => Interlocked.Increment(ref watches);

    internal void Left() => Interlocked.Decrement(ref watches);
}
