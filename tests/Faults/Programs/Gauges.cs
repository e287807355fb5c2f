using System.Diagnostics.Metrics;

namespace OptimizationGateway.Faults.Programs;

/// <summary>What the instruments of a meter show at present; and the descriptors of the process.</summary>
internal sealed class Gauges : IDisposable
{
    public const string Descriptors = "descriptors";

    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly HashSet<string> observable = [];
    private readonly SortedDictionary<string, long> values = new(StringComparer.Ordinal);

    public Gauges(string meter)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            // What only grows says nothing of what is left, nor does a state.
            var isLevel =
                instrument is UpDownCounter<int> or UpDownCounter<long> or ObservableUpDownCounter<int> or ObservableUpDownCounter<long>;
            if (instrument.Meter.Name == meter && isLevel)
            {
                Add(instrument.Name, 0);
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Measured(instrument, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Measured(instrument, value));
        listener.Start();
    }

    /// <summary>Counts what no meter does.</summary>
    public void Add(string name, long change)
    {
        lock (gate)
        {
            values[name] = values.GetValueOrDefault(name) + change;
        }
    }

    public IReadOnlyDictionary<string, long> Read()
    {
        lock (gate)
        {
            foreach (var observed in observable)
            {
                values[observed] = 0;
            }
        }

        listener.RecordObservableInstruments();
        lock (gate)
        {
            return new SortedDictionary<string, long>(values, StringComparer.Ordinal)
            {
                [Descriptors] = Directory.GetFileSystemEntries("/proc/self/fd").Count(IsInUse),
            };
        }
    }

    public void Dispose() => listener.Dispose();

    /// <summary>The runtime keeps each assembly open that it ever loaded, and loads them late.</summary>
    private static bool IsInUse(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The one that was listing them.
            return false;
        }
    }

    private void Measured(Instrument instrument, long value)
    {
        lock (gate)
        {
            if (instrument.IsObservable)
            {
                observable.Add(instrument.Name);
            }
        }

        Add(instrument.Name, value);
    }
}
