using System.Buffers;
using System.Text;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Tests.Translation.Oracle;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Translation;

/// <summary>The translator reads the wire and writes JSON by itself. The generated classes and the JSON library are the judges of both.</summary>
public sealed class OracleTests
{
    private static readonly byte[][] GoldenEvents =
    [
        .. Golden.Names("events", ".binpb").Select(name => Golden.Bytes("events", name + ".binpb")),
    ];

    [Fact]
    public void Any_event_is_translated_as_by_the_generated_classes() => Any.Event.Sample(jobEvent => AssertAgree(jobEvent.ToByteArray()));

    [Fact]
    public void Fields_that_occur_again_are_merged_or_replaced_as_by_the_generated_classes() =>
        Any.Event.Array[1, 3].Sample(events => AssertAgree([.. events.SelectMany(jobEvent => jobEvent.ToByteArray())]));

    [Fact]
    public void Mutilated_events_are_translated_as_by_the_generated_classes() =>
        Gen.Select(Gen.Int[0, GoldenEvents.Length - 1], Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 4])
            .Sample(
                (which, changes) =>
                {
                    var bytes = (byte[])GoldenEvents[which].Clone();
                    foreach (var (at, value) in changes)
                    {
                        bytes[at % bytes.Length] = value;
                    }

                    AssertAgree(bytes);
                },
                iter: 20_000
            );

    [Theory]
    [MemberData(nameof(OddValues))]
    public void Odd_encodings_of_values_are_translated_as_by_the_generated_classes(byte[] value) =>
        AssertAgree([
            .. Message(JobEvent.TimestampFieldNumber, []),
            .. Message(JobEvent.DetailsFieldNumber, Entry("k"u8.ToArray(), value)),
        ]);

    public static TheoryData<byte[]> OddValues => [.. OddEncodings];

    private static byte[][] OddEncodings =>
        [
            [],
            // Another kind afterwards; the same kind twice, merged; a kind with the wire type of another.
            [.. Value.ForNumber(1).ToByteArray(), .. Value.ForString("x").ToByteArray()],
            [.. Value.ForStruct(Of("a", "b")).ToByteArray(), .. Value.ForStruct(Of("b", "c")).ToByteArray()],
            [.. Value.ForList(Value.ForBool(true)).ToByteArray(), .. Value.ForList(Value.ForNull()).ToByteArray()],
            [.. Value.ForStruct(Of("a")).ToByteArray(), .. Value.ForBool(false).ToByteArray(), .. Value.ForStruct(Of("b")).ToByteArray()],
            [.. Message(Value.NumberValueFieldNumber, "12345678"u8.ToArray())],
            [.. Message(Value.StringValueFieldNumber, [0xC3, 0x28, 0xFF, 0xE2, 0x82])],
            // A group, a field that nobody knows, a truth that isn't 1.
            [0x7B, 0x08, 0x01, 0x7C, .. Value.ForString("x").ToByteArray()],
            [.. Message(99, [1, 2, 3]), .. Value.ForString("x").ToByteArray()],
            [0x20, 0x80, 0x01],
        ];

    [Fact]
    public void A_key_that_occurs_again_keeps_its_place_and_gets_its_last_value() =>
        AssertAgree([
            .. Message(JobEvent.TimestampFieldNumber, []),
            .. Message(
                JobEvent.DetailsFieldNumber,
                [
                    .. Entry("a"u8.ToArray(), Value.ForNumber(1).ToByteArray()),
                    .. Entry("b"u8.ToArray(), Value.ForNumber(2).ToByteArray()),
                    .. Entry("a"u8.ToArray(), Value.ForStruct(Of("c")).ToByteArray()),
                ]
            ),
        ]);

    [Fact]
    public void Every_field_of_the_protos_is_read_as_by_the_generated_classes() =>
        Assert.All(
            Encoded.FieldsOf(JobEvent.Descriptor, []),
            fields => AssertAgree([.. Message(JobEvent.TimestampFieldNumber, []), .. fields])
        );

    [Fact]
    public void A_zero_that_is_negative_keeps_its_sign_in_any_encoding()
    {
        var jobEvent = Say.Bare(1);
        jobEvent.IterationCompleted = new IterationCompleted { Score = -0.0 };
        var payload = Message(JobEvent.IterationCompletedFieldNumber, [0x09, 0, 0, 0, 0, 0, 0, 0, 0x80]);

        AssertAgree([.. jobEvent.ToByteArray(), .. payload]);
        AssertAgree([.. jobEvent.ToByteArray(), .. payload, .. payload]);
    }

    [Fact]
    public void Any_number_is_written_as_by_the_generated_classes() =>
        Gen.OneOf(
                Gen.Double,
                Gen.Select(Gen.Long[-1_000_000_000_000_000, 1_000_000_000_000_000], Gen.Int[0, 8])
                    .Select((digits, decimals) => digits / Math.Pow(10, decimals)),
                Gen.Select(Gen.Int[-100_000, 100_000], Gen.Int[-1, 1])
                    .Select((digits, steps) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(digits / 10_000.0) + steps))
            )
            .Sample(
                number =>
                {
                    var jobEvent = Say.Event(1);
                    jobEvent.IterationCompleted.Score = number;
                    AssertAgree(jobEvent.ToByteArray());
                },
                iter: 10_000
            );

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(5_000)]
    public void Many_keys_are_translated_as_by_the_generated_classes(int count)
    {
        var jobEvent = Say.Bare(1);
        jobEvent.Custom = new CustomEvent { EventType = "own", Data = Of([.. Enumerable.Range(0, count).Select(i => $"k{i}")]) };
        jobEvent.Details = Of([.. Enumerable.Range(count / 2, count).Select(i => $"k{i}")]);

        AssertAgree(jobEvent.ToByteArray());
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(200)]
    [InlineData(300)]
    public void Levels_are_counted_as_by_the_generated_classes(int levels)
    {
        var (inObjects, inArrays) = (Value.ForBool(true), Value.ForBool(true));
        for (var i = 1; i < levels; i++)
        {
            inObjects = Value.ForStruct(new Struct { Fields = { ["x"] = inObjects } });
            inArrays = Value.ForList(inArrays);
        }

        foreach (var value in new[] { inObjects, inArrays })
        {
            var jobEvent = Say.Event(1);
            jobEvent.Details = new Struct { Fields = { ["x"] = value } };
            AssertAgree(jobEvent.ToByteArray());
        }
    }

    [Fact]
    public void A_long_text_with_every_kind_of_character_is_translated_as_by_the_generated_classes()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 0x11000; i++)
        {
            text.Append(Rune.IsValid(i) ? new Rune(i).ToString() : "x");
        }

        var jobEvent = Say.Event(1);
        jobEvent.Stage = text.ToString();
        jobEvent.Details = Of(text.ToString());

        AssertAgree(jobEvent.ToByteArray());
    }

    [Fact]
    public void An_event_is_translated_without_an_allocation()
    {
        var jobEvent = Say.Bare(1);
        jobEvent.IterationCompleted = new IterationCompleted { Score = 0.8125 };
        jobEvent.Stage = "evaluate";
        jobEvent.Details = new Struct
        {
            Fields =
            {
                ["candidate"] = Value.ForString("Réponse"),
                ["tokens"] = Value.ForNumber(1234),
                ["tags"] = Value.ForList(Value.ForBool(true)),
            },
        };
        var bytes = jobEvent.ToByteArray();
        var translator = new JobEventTranslator();
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        translator.TryWrite(bytes, output);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            translator.TryWrite(bytes, output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertAgree(byte[] bytes)
    {
        using var oracle = new OracleTranslator();
        var translator = new JobEventTranslator();
        var (expected, actual) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var isShown = oracle.TryWrite(bytes, expected);

        Assert.Equal(isShown, translator.TryWrite(bytes, actual));
        Assert.Equal(oracle.Fault, translator.Fault);
        if (isShown)
        {
            Assert.Equal(Encoding.UTF8.GetString(expected.WrittenSpan), Encoding.UTF8.GetString(actual.WrittenSpan));
            Assert.Equal(oracle.HappenedAt, translator.HappenedAt);
        }
    }

    private static Struct Of(params string[] keys) => new() { Fields = { keys.ToDictionary(key => key, _ => Value.ForBool(true)) } };

    private static byte[] Entry(byte[] key, byte[] value) => Message(1, [.. Message(1, key), .. Message(2, value)]);

    private static byte[] Message(int field, byte[] content) => Encoded.Field(field, content);
}
