using System.Diagnostics;
using Grpc.Core;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The span of one WatchJob call, from the call to its first answer. A watch itself takes hours, and a span is exported only once it has
/// ended. The names are OpenTelemetry's for RPC clients.
/// </summary>
internal sealed class WatchTrace : IDisposable
{
    public const string SourceName = GatewayMetrics.MeterName;

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Activity? span;

    /// <summary>Starts the span.</summary>
    /// <param name="backend">The backend's name in the settings.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="parent">The trace that the watch is part of; the default if there is none.</param>
    /// <param name="cursor">The position that this call goes on from.</param>
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

    /// <summary>The headers that carry the trace to the backend (W3C Trace Context); empty if there is none.</summary>
    public Metadata Headers { get; }

    /// <summary>Returns the client's own trace, as in W3C Trace Context; else that of its connection.</summary>
    public static ActivityContext ContextOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var context)
            ? context
            : Activity.Current?.Context ?? default;

    /// <summary>Ends the span, since the backend has answered.</summary>
    public void Answered() => span?.Stop();

    /// <summary>Ends the span with an error, unless the backend had answered before.</summary>
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
