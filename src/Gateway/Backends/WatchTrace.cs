using System.Diagnostics;
using Grpc.Core;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The span of one WatchJob call, from the call to its first answer: what a watcher waits for. A watch itself takes hours, and a span is seen
/// only once it has ended. The names are OpenTelemetry's for RPC clients.
/// </summary>
internal sealed class WatchTrace : IDisposable
{
    public const string SourceName = GatewayMetrics.MeterName;

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Activity? span;

    /// <param name="backend">Its name in the settings.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="parent">The trace that the watch is part of; the default where there is none.</param>
    /// <param name="cursor">Where this call goes on from.</param>
    public WatchTrace(string backend, string jobId, ActivityContext parent, long? cursor)
    {
        span = Source.CreateActivity("optimization.v1.OptimizerService/WatchJob", ActivityKind.Client, parent);
        if (span?.IsAllDataRequested == true)
        {
            span.SetTag("rpc.system", "grpc")
                .SetTag("rpc.service", "optimization.v1.OptimizerService")
                .SetTag("rpc.method", "WatchJob")
                .SetTag("gateway.backend", backend)
                .SetTag("gateway.job_id", jobId)
                .SetTag("gateway.after_event_id", cursor);
        }

        // Not made the current one: what runs on in this flow, for hours, is no part of the call's span.
        var current = Activity.Current;
        span?.Start();
        Activity.Current = current;
        Headers = HeadersOf(span?.Context ?? parent, span?.TraceStateString ?? parent.TraceState);
    }

    /// <summary>What tells the backend which trace it is part of (W3C Trace Context); empty where there is none.</summary>
    public Metadata Headers { get; }

    /// <param name="traceParent">The client's own, as in W3C Trace Context; else the trace of its connection counts.</param>
    public static ActivityContext ContextOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var context)
            ? context
            : Activity.Current?.Context ?? default;

    /// <summary>The backend has answered.</summary>
    public void Answered() => span?.Stop();

    /// <summary>The call has failed; that counts only where nothing was answered before.</summary>
    public void Failed(WatchFaultKind cause)
    {
        if (span is { IsStopped: false })
        {
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", cause.ToString());
            span.Stop();
        }
    }

    public void Dispose() => span?.Dispose();

    private static Metadata HeadersOf(ActivityContext context, string? state)
    {
        var headers = new Metadata();
        if (context != default)
        {
            headers.Add("traceparent", $"00-{context.TraceId}-{context.SpanId}-{(int)context.TraceFlags:x2}");
            if (!string.IsNullOrEmpty(state))
            {
                headers.Add("tracestate", state);
            }
        }

        return headers;
    }
}
