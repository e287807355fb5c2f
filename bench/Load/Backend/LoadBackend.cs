using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Load.Backend;

/// <summary>The backend of all bridges. It has every job whose name says what the job does (<see cref="JobName"/>), and counts its streams.</summary>
internal sealed class LoadBackend
{
    private const string NotFound = "5";
    private const string Ok = "0";

    private readonly ConcurrentDictionary<string, Lazy<LoadJob>> jobs = new(StringComparer.Ordinal);
    private readonly Pacer pacer = new();
    private int open;
    private int most;
    private long opened;

    public static async Task<int> RunAsync(int port)
    {
        var backend = new LoadBackend();
        backend.pacer.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // As Go's and C's servers: no limit. Bridges that spread their streams over connections may.
            kestrel.Limits.Http2.MaxStreamsPerConnection = int.MaxValue;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.MapPost("/optimization.v1.OptimizerService/WatchJob", backend.WatchAsync);
        await app.StartAsync();
        return await Commands.ServeAsync(command => Task.FromResult(backend.Answer(command)));
    }

    private JsonObject Answer(JsonObject command)
    {
        switch ((string?)command["do"])
        {
            case "reset":
                pacer.Clear();
                jobs.Clear();
                goto case "mark";
            case "mark":
                most = open;
                opened = 0;
                break;
            default:
                break;
        }

        return new JsonObject
        {
            ["open"] = open,
            ["most"] = most,
            ["opened"] = opened,
        };
    }

    private async Task WatchAsync(HttpContext http)
    {
        var request = await ReadAsync(http.Request);
        http.Response.ContentType = "application/grpc";
        if (Find(request.JobId) is not { } job)
        {
            http.Response.AppendTrailer("grpc-status", NotFound);
            return;
        }

        Count(Interlocked.Increment(ref open));
        try
        {
            await new WatchHandler(job, http.Response.BodyWriter, http.RequestAborted).RunAsync(request);
            http.Response.AppendTrailer("grpc-status", Ok);
        }
        catch (OperationCanceledException)
        {
            // The bridge has gone.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private void Count(int now)
    {
        Interlocked.Increment(ref opened);
        for (var seen = most; seen < now; seen = most)
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private LoadJob? Find(string id)
    {
        if (JobName.Parse(id) is not { } name)
        {
            return null;
        }

        return jobs.GetOrAdd(id, key => new Lazy<LoadJob>(() => Create(key, name))).Value;
    }

    private LoadJob Create(string id, JobName name)
    {
        var job = new LoadJob(id, name);
        if (name is { Kind: JobKind.Rate, Number: > 0 })
        {
            pacer.Add(job);
        }

        return job;
    }

    private static async Task<WatchJobRequest> ReadAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (read.IsCompleted)
            {
                return WatchJobRequest.Parser.ParseFrom(read.Buffer.Slice(GrpcMessage.PrefixBytes).ToArray());
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
