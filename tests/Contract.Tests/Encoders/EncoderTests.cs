using System.Buffers;
using System.Text.Json;
using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Translation;

namespace OptimizationGateway.Contract.Tests.Encoders;

/// <summary>Backends in other languages encode an event in ways of their own: it must be the same event to the gateway, and the other way round.</summary>
public sealed class EncoderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("optimization-golden-");

    [Fact]
    public async Task Node_encodes_and_decodes_every_golden_event_as_CSharp_does()
    {
        var differences = await Encoder.Node.ExchangeAsync(folder.FullName);
        Assert.True(differences.Length == 0, differences);

        AssertSame("protobuf-es", GoldenFiles.EventNames);
        AssertSame("grpc-js", GoldenFiles.EventNames.Where(name => File.Exists(GoldenFiles.EventPath(name, ".proto.json"))));
    }

    [Fact]
    public async Task Python_encodes_and_decodes_every_golden_event_as_CSharp_does()
    {
        var differences = await Encoder.Python.ExchangeAsync(folder.FullName);
        Assert.True(differences.Length == 0, differences);

        AssertSame("python", GoldenFiles.EventNames);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void AssertSame(string encoder, IEnumerable<string> names)
    {
        var expected = names.ToList();
        var written = Directory.EnumerateFiles(Path.Combine(folder.FullName, encoder)).Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(expected, written.Order(StringComparer.Ordinal));
        Assert.All(expected, name => AssertSame(name, File.ReadAllBytes(Path.Combine(folder.FullName, encoder, name + ".binpb"))));
    }

    private static void AssertSame(string name, byte[] encoded)
    {
        var golden = JobEvent.Parser.ParseFrom(GoldenFiles.EventBytes(name));
        var decoded = WatchJobResponse.Parser.ParseFrom(encoded).Event;
        Spelling.Unify(golden);
        Spelling.Unify(decoded);
        Assert.True(golden.Equals(decoded), $"{name} is another event: {Convert.ToHexStringLower(encoded)}");

        // The bytes as they came: fields may be in another order and written in another way, and the members of a Struct have no order.
        Assert.Equal(WatchJobResponse.EventFieldNumber << 3 | 2, encoded[0]);
        var length = 1 + Array.FindIndex(encoded, 1, value => value < 0x80);
        using var expected = JsonDocument.Parse(GoldenFiles.EventJson(name));
        using var translated = JsonDocument.Parse(Translate(encoded.AsSpan(length)));
        Assert.True(JsonElement.DeepEquals(expected.RootElement, translated.RootElement), $"{name} becomes {translated.RootElement}");
    }

    private static ReadOnlyMemory<byte> Translate(ReadOnlySpan<byte> encoded)
    {
        var translator = new JobEventTranslator();
        var json = new ArrayBufferWriter<byte>();
        Assert.True(translator.TryWrite(encoded, json));
        return json.WrittenMemory;
    }
}
