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
    public object Live() => WatchMessage.Read(live);

    [Benchmark(OperationsPerInvoke = 500)]
    public object ReplayEvent() => WatchMessage.Read(replay);
}
