using BenchmarkDotNet.Attributes;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Micro;

/// <summary>One message of a stream from its bytes to what the watch needs of it: kind, ids and places of events.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private readonly byte[] live = SampleEvents.Live("usual");
    private readonly byte[] replay = SampleEvents.Replay("usual", 500);

    [Benchmark]
    public int Live() => Read(live);

    [Benchmark(OperationsPerInvoke = 500)]
    public int ReplayEvent() => Read(replay);

    private static int Read(byte[] encoded)
    {
        var message = WatchMessage.Read(new(encoded));
        var events = message.Events.Count;
        message.Return();
        return events;
    }
}
