using System.Buffers;
using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Translation;

/// <summary>Events that a hostile backend makes so that their translation takes long or much memory.</summary>
public sealed class HostileEventTests
{
    private const int Bytes = 4 * 1024;
    private const int Times = 64;

    /// <summary>Events of about so many bytes, by the name of what they repeat.</summary>
    private static readonly Dictionary<string, Func<int, byte[]>> Kinds = new(StringComparer.Ordinal)
    {
        ["keys of data and details that differ"] = size => Custom(Members("a", size / 2), Members("b", size / 2)),
        ["keys of data and details that are the same"] = size => Custom(Members("a", size / 2), Members("a", size / 2)),
        ["unknown fields in data"] = size => Custom([.. Members("a", 40), .. Repeat([0x98, 0x06, 0x01], size / 2)], Members("b", size / 2)),
        ["unknown fields in a member of data"] = size =>
            Custom(Field(1, [.. Field(1, [1]), .. Repeat([0x98, 0x06, 0x01], size / 2)]), Members("b", size / 2)),
        ["the payload"] = size => [.. Custom(Members("a", size / 2), []), .. Repeat([0xA2, 0x01, 0x00], size / 2)],
        ["the details"] = size => [.. Custom([], Members("a", size / 2)), .. Repeat([0x2A, 0x00], size / 2)],
        ["an object in a value"] = size => Details([.. Field(5, Members("a", size / 2)), .. Repeat([0x2A, 0x00], size / 2)]),
        ["a list in a value"] = size => Details([.. Field(6, Repeat([0x0A, 0x00], size / 2)), .. Repeat([0x32, 0x00], size / 2)]),
        ["one key"] = size => Custom([], Repeat(Field(1, Field(1, [1])), size)),
        ["empty values"] = size => Details(Field(6, Repeat([0x0A, 0x00], size))),
    };

    public static TheoryData<string> Repeated => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Repeated))]
    public void An_event_takes_time_in_proportion_to_its_size_whatever_it_repeats(string what)
    {
        // The id occurs again, so that neither is read in one pass.
        byte[] small = [.. Kinds[what](Bytes), 0x08, 1, 0x08, 1];
        byte[] large = [.. Kinds[what](Times * Bytes), 0x08, 1, 0x08, 1];

        // As many bytes in small events as in one large one: 1 if the time is linear, 64 if it is quadratic. Five tries, for a busy machine.
        var ratios = Enumerable.Range(0, 5).Select(_ => TimeOf(large, 1) / TimeOf(small, Times));
        Assert.True(ratios.Any(ratio => ratio <= Times / 4), $"{what} takes far more time in one large event than in small ones.");
    }

    [Fact]
    public void Unknown_fields_take_no_memory()
    {
        byte[] jobEvent = [.. Say.Event(1).ToByteArray(), .. Repeat([0x98, 0x06, 0x01], 1024 * 1024), .. Say.Event(1).ToByteArray()];
        var output = new ArrayBufferWriter<byte>(2 * jobEvent.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(new JobEventTranslator().TryWrite(jobEvent, output));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * jobEvent.Length);
    }

    [Theory]
    [InlineData('\u0001')]
    [InlineData('x')]
    public void No_more_than_the_limit_is_reserved(char character)
    {
        var jobEvent = Say.Bare(1);
        jobEvent.Stage = new string(character, 4_000_000);
        var output = new ReservedOutput();

        new JobEventTranslator().TryWrite(jobEvent.ToByteArray(), output);

        Assert.InRange(output.Most, 4_000_000, 16 * 1024 * 1024);
    }

    private static double TimeOf(byte[] jobEvent, int times)
    {
        var output = new ArrayBufferWriter<byte>(16 * jobEvent.Length);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            output.ResetWrittenCount();
            Assert.True(new JobEventTranslator().TryWrite(jobEvent, output));
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static byte[] Custom(byte[] data, byte[] details) =>
        [
            .. Field(JobEvent.TimestampFieldNumber, []),
            .. Field(JobEvent.DetailsFieldNumber, details),
            .. Field(JobEvent.CustomFieldNumber, [.. Field(1, "own"u8.ToArray()), .. Field(2, data)]),
        ];

    private static byte[] Details(byte[] value) => Custom([], Field(1, [.. Field(1, [1]), .. Field(2, value)]));

    private static byte[] Members(string prefix, int size)
    {
        using var members = new MemoryStream();
        for (var i = 0; members.Length < size; i++)
        {
            members.Write(Field(Struct.FieldsFieldNumber, Field(1, Encoding.ASCII.GetBytes($"{prefix}{i}"))));
        }

        return members.ToArray();
    }

    private static byte[] Repeat(byte[] content, int size) =>
        [.. Enumerable.Repeat(content, size / content.Length).SelectMany(bytes => bytes)];

    private static byte[] Field(int number, byte[] content) => Encoded.Field(number, content);

    private sealed class ReservedOutput : IBufferWriter<byte>
    {
        public int Most { get; private set; }

        public void Advance(int count) { }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Most = Math.Max(Most, sizeHint);
            return new byte[sizeHint];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
