using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>One gateway's instruments, added up over their tags.</summary>
internal sealed class Readings : IDisposable
{
    private readonly ConcurrentDictionary<(string Instrument, string Tags), long> sums = new();
    private readonly MeterListener listener = new();

    public Readings(TestGateway gateway)
    {
        var meters = gateway.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests' gateways have instruments of the same names.
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    public long this[string instrument, string tag = ""]
    {
        get
        {
            listener.RecordObservableInstruments();
            return sums.Where(sum => sum.Key.Instrument == instrument && Has(sum.Key.Tags, tag)).Sum(sum => sum.Value);
        }
    }

    public void Dispose() => listener.Dispose();

    /// <param name="tags">What an instrument was given.</param>
    /// <param name="tag">One of them, or its value; empty for whatever they are.</param>
    private static bool Has(string tags, string tag) =>
        tag.Length == 0 || tags.Split(',').Any(one => one == tag || one.EndsWith($"={tag}", StringComparison.Ordinal));

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument.Name, string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
        sums.AddOrUpdate(key, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
