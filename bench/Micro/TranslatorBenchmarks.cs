using System.Buffers;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Translation;

namespace OptimizationGateway.Micro;

/// <summary>One event from its bytes to its JSON.</summary>
[MemoryDiagnoser]
public class TranslatorBenchmarks
{
    private readonly JobEventTranslator translator = new();
    private readonly ArrayBufferWriter<byte> output = new(64 * 1024);
    private byte[] encoded = [];

    [Params("plain", "usual", "2k")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Encode() => encoded = SampleEvents.Of(Shape).ToByteArray();

    [Benchmark]
    public int Translate()
    {
        output.ResetWrittenCount();
        return translator.TryWrite(encoded, output) ? output.WrittenCount : throw new InvalidOperationException($"{translator.Fault}");
    }

    /// <summary>A way without the translator, for comparison: protobuf's own JSON, which isn't the documented one.</summary>
    [Benchmark(Baseline = true)]
    public string JsonFormatter() => Google.Protobuf.JsonFormatter.Default.Format(JobEvent.Parser.ParseFrom(encoded));
}
