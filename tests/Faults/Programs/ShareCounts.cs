using System.Diagnostics.Metrics;
using System.Text.Json;

namespace OptimizationGateway.Faults.Programs;

/// <summary>Counts how often viewers of a gateway joined a stream that was open, and how often they fell off its ring.</summary>
internal sealed class ShareCounts : IDisposable
{
    /// <summary>The first word of a line that says them.</summary>
    public const string Word = "shares";

    public const string Joined = "gateway.feeds.joined";
    public const string Fallen = "gateway.feeds.fallen";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly MeterListener listener = new();
    private readonly Timer timer;
    private long joined;
    private long fallen;
    private string said = "";

    /// <summary>Says them on standard output from now on, whenever they have changed: a program may be killed at any time.</summary>
    public ShareCounts()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name is Joined or Fallen)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.Start();
        timer = new Timer(_ => Say(), state: null, Interval, Interval);
    }

    public void Dispose()
    {
        timer.Dispose();
        listener.Dispose();
        Say();
    }

    private void Add(string name, long value) => Interlocked.Add(ref name == Joined ? ref joined : ref fallen, value);

    private void Say()
    {
        var now = JsonSerializer.Serialize(new ShareCount(Volatile.Read(ref joined), Volatile.Read(ref fallen)));
        if (Interlocked.Exchange(ref said, now) != now)
        {
            Console.WriteLine($"{Word} {now}");
        }
    }
}

/// <summary>What <see cref="ShareCounts"/> has counted.</summary>
internal sealed record ShareCount(long Joined, long Fallen)
{
    public static ShareCount operator +(ShareCount a, ShareCount b) => new(a.Joined + b.Joined, a.Fallen + b.Fallen);
}
