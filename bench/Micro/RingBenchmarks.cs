using BenchmarkDotNet.Attributes;
using OptimizationGateway.Gateway.Feeds;

namespace OptimizationGateway.Micro;

/// <summary>A ring that is full: an event is appended, the oldest one goes; and what a viewer's place in it costs.</summary>
[MemoryDiagnoser]
public class RingBenchmarks
{
    private const int Bytes = 1024 * 1024;

    private readonly EventRing ring = new(0);
    private readonly byte[] json = new byte[267];
    private long id;

    [GlobalSetup]
    public void Fill()
    {
        while (ring.Bytes < Bytes)
        {
            Append();
        }
    }

    [Benchmark]
    public long AppendAndEvict()
    {
        Append();
        while (ring.Bytes > Bytes)
        {
            ring.RemoveFirst();
        }

        return ring.First;
    }

    [Benchmark]
    public int ReadNewest() => ring[ring.End - 1].Json.Length;

    [Benchmark]
    public long FindCursor() => ring.FirstAfter((ring.Floor + ring.Head) / 2);

    private void Append() => ring.Append(RingEntryKind.Live, ++id, previousId: id - 1, json, readAt: id, happenedAt: 0);
}
