using System.Diagnostics.Metrics;
using OptimizationGateway.JobLogs;

namespace OptimizationGateway.LogServer.Telemetry;

/// <summary>The metrics: docs/log-server.md has them.</summary>
internal sealed class LogServerMetrics
{
    public const string MeterName = "OptimizationGateway.LogServer";

    private readonly Counter<long> events;
    private readonly Counter<long> requests;
    private readonly Histogram<double> duration;

    public LogServerMetrics(IMeterFactory meters, OpenWatches watches, IJobLogStore store)
    {
        var meter = meters.Create(MeterName);
        events = meter.CreateCounter<long>("logserver.events.appended", "{event}", "Events appended.");
        requests = meter.CreateCounter<long>(
            "logserver.requests",
            "{request}",
            "Requests by their result: ok, or the code of the refusal."
        );
        duration = meter.CreateHistogram(
            "logserver.request.duration",
            "s",
            "The time from a request to its answer.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5] }
        );
        meter.CreateObservableUpDownCounter("logserver.watches", () => watches.Count, "{watch}", "WatchJob calls that run.");
        meter.CreateObservableGauge(
            "logserver.log.failing",
            () => store.IsFailing ? 1 : 0,
            unit: null,
            "1 while the log can't be written."
        );
    }

    public void Appended(int count) => events.Add(count);

    /// <param name="front">http or grpc.</param>
    /// <param name="result">ok, or the code of the refusal.</param>
    /// <param name="elapsed">The time that it took.</param>
    public void Answered(string front, string result, TimeSpan elapsed)
    {
        requests.Add(1, new KeyValuePair<string, object?>("front", front), new KeyValuePair<string, object?>("result", result));
        duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("front", front));
    }
}
