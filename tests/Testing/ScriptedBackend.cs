using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>What a scripted backend does with one call.</summary>
public delegate Task WatchScript(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken cancelled);

/// <summary>A backend on a real socket that says exactly what a test wants said, right or wrong.</summary>
public sealed class ScriptedBackend : IAsyncDisposable
{
    private readonly ConcurrentQueue<WatchScript> scripts = new();
    private readonly WebApplication app;
    private WatchScript? always;

    private ScriptedBackend(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>The requests that came, in order.</summary>
    public ConcurrentQueue<WatchJobRequest> Requests { get; } = new();

    /// <summary>The calls that came, in order, as the transport saw them.</summary>
    public ConcurrentQueue<ScriptedCall> Calls { get; } = new();

    /// <summary>The answer to a request for a list of jobs; null: it has no list.</summary>
    public Func<ListJobsRequest, CancellationToken, Task<ListJobsResponse>>? Lists { get; set; }

    /// <summary>The answer to a request for one job; null: it describes none.</summary>
    public Func<GetJobRequest, CancellationToken, Task<GetJobResponse>>? Gets { get; set; }

    /// <summary>The requests for a list of jobs, in order.</summary>
    public ConcurrentQueue<ListJobsRequest> ListRequests { get; } = new();

    /// <param name="port">Where it listens; 0: anywhere.</param>
    /// <param name="address">On which address of this machine; 127.0.0.1 by default.</param>
    /// <param name="configure">How it listens, such as with TLS.</param>
    /// <param name="maxHeaderBytes">The most bytes of headers that it takes in one call.</param>
    public static async Task<ScriptedBackend> StartAsync(
        int port = 0,
        IPAddress? address = null,
        Action<ListenOptions>? configure = null,
        int maxHeaderBytes = 32 * 1024
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestHeadersTotalSize = maxHeaderBytes;
            kestrel.Listen(
                address ?? IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    configure?.Invoke(listen);
                }
            );
        });
        builder.Services.AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        ScriptedBackend? backend = null;
        builder.Services.AddSingleton(_ => backend!);
        var app = builder.Build();
        backend = new ScriptedBackend(app);
        app.MapGrpcService<Scripted>();
        app.MapGrpcService<ScriptedJobs>();
        await app.StartAsync();
        backend.Url = new Uri(app.Urls.Single());
        return backend;
    }

    /// <summary>The script of the next call that has none.</summary>
    public ScriptedBackend Next(WatchScript script)
    {
        scripts.Enqueue(script);
        return this;
    }

    /// <summary>The script of the next call: these messages, then silence until the gateway cancels.</summary>
    public ScriptedBackend Next(params WatchJobResponse[] messages) => Next(Say(messages));

    /// <summary>The script of every call that has none of its own.</summary>
    public ScriptedBackend Always(WatchScript script)
    {
        always = script;
        return this;
    }

    /// <summary>Says these messages, then nothing until the gateway cancels.</summary>
    public static WatchScript Say(params WatchJobResponse[] messages) =>
        async (_, stream, cancelled) =>
        {
            foreach (var message in messages)
            {
                await stream.WriteAsync(message, cancelled);
            }

            await SilenceAsync(cancelled);
        };

    /// <summary>Says these messages, then ends the stream with OK.</summary>
    public static WatchScript SayAndEnd(params WatchJobResponse[] messages) =>
        async (_, stream, cancelled) =>
        {
            foreach (var message in messages)
            {
                await stream.WriteAsync(message, cancelled);
            }
        };

    /// <summary>Says these messages, then fails.</summary>
    public static WatchScript SayAndFail(StatusCode status, params WatchJobResponse[] messages) =>
        async (_, stream, cancelled) =>
        {
            foreach (var message in messages)
            {
                await stream.WriteAsync(message, cancelled);
            }

            throw new RpcException(new Status(status, "scripted"));
        };

    public static WatchScript Fail(StatusCode status, params (string Name, string Value)[] trailers) =>
        (_, _, _) =>
        {
            var metadata = new Metadata();
            foreach (var (name, value) in trailers)
            {
                metadata.Add(name, value);
            }

            throw new RpcException(new Status(status, "scripted"), metadata);
        };

    public static async Task SilenceAsync(CancellationToken cancelled)
    {
        var forever = new TaskCompletionSource();
        await using var registration = cancelled.Register(() => forever.TrySetResult());
        await forever.Task;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Note(ServerCallContext context)
    {
        var connection = context.GetHttpContext().Connection;
        Calls.Enqueue(new ScriptedCall(connection.Id, context.RequestHeaders, connection.ClientCertificate?.Subject));
    }

    private Task WatchAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, ServerCallContext context)
    {
        Note(context);
        Requests.Enqueue(request);
        var script = scripts.TryDequeue(out var next) ? next : always;
        return script is not null
            ? script(request, new FairWriter(stream), context.CancellationToken)
            : throw new RpcException(new Status(StatusCode.Unavailable, "The script is at its end."));
    }

    /// <summary>
    /// Lets others have their turn after each message. A write to a stream that is gone ends at once and without an error, and the news that it is
    /// gone comes by the thread pool: thousands of scripts that write for ever would have all its threads, and never hear it.
    /// </summary>
    private sealed class FairWriter(IServerStreamWriter<WatchJobResponse> stream) : IServerStreamWriter<WatchJobResponse>
    {
        public WriteOptions? WriteOptions
        {
            get => stream.WriteOptions;
            set => stream.WriteOptions = value;
        }

        public Task WriteAsync(WatchJobResponse message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(WatchJobResponse message, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(message, cancellationToken);
            await Task.Yield();
        }
    }

    private sealed class Scripted(ScriptedBackend backend) : OptimizerService.OptimizerServiceBase
    {
        public override Task WatchJob(
            WatchJobRequest request,
            IServerStreamWriter<WatchJobResponse> responseStream,
            ServerCallContext context
        ) => backend.WatchAsync(request, responseStream, context);
    }

    private sealed class ScriptedJobs(ScriptedBackend backend) : JobsService.JobsServiceBase
    {
        public override Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
        {
            backend.Note(context);
            backend.ListRequests.Enqueue(request);
            return backend.Lists?.Invoke(request, context.CancellationToken) ?? base.ListJobs(request, context);
        }

        public override Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context)
        {
            backend.Note(context);
            return backend.Gets?.Invoke(request, context.CancellationToken) ?? base.GetJob(request, context);
        }
    }
}
