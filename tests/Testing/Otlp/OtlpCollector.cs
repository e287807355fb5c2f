using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.Testing.Otlp;

/// <summary>A collector of OpenTelemetry's, on a real socket: takes what is sent by OTLP over HTTP and keeps it.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpCollector(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.Single());

    /// <summary>The metrics that came, by name, with their units.</summary>
    public ConcurrentDictionary<string, string> Metrics { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<Span> Spans { get; } = new();

    /// <summary>The texts of the log records that came, as they were before values were put in.</summary>
    public ConcurrentQueue<string> Logs { get; } = new();

    /// <summary>What the senders said of themselves: <c>service.name</c> and others.</summary>
    public ConcurrentDictionary<string, string> Resource { get; } = new(StringComparer.Ordinal);

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var collector = new OtlpCollector(builder.Build());
        collector.app.MapPost("/v1/metrics", context => TakeAsync(context, MetricsRequest.Parser, collector.Take));
        collector.app.MapPost("/v1/traces", context => TakeAsync(context, TraceRequest.Parser, collector.Take));
        collector.app.MapPost("/v1/logs", context => TakeAsync(context, LogsRequest.Parser, collector.Take));
        await collector.app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task TakeAsync<TRequest>(HttpContext context, MessageParser<TRequest> parser, Action<TRequest> take)
        where TRequest : IMessage<TRequest>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        take(parser.ParseFrom(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }

    private void Take(MetricsRequest request)
    {
        foreach (var resource in request.ResourceMetrics)
        {
            Take(resource.Resource);
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                Metrics[metric.Name] = metric.Unit;
            }
        }
    }

    private void Take(TraceRequest request)
    {
        foreach (var span in request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
        {
            Spans.Enqueue(span);
        }
    }

    private void Take(LogsRequest request)
    {
        foreach (var record in request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords))
        {
            Logs.Enqueue(record.Body.StringValue);
        }
    }

    private void Take(Resource resource)
    {
        foreach (var attribute in resource.Attributes)
        {
            Resource[attribute.Key] = attribute.Value.StringValue;
        }
    }
}
