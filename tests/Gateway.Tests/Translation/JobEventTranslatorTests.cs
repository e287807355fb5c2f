using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Translation;

public sealed class JobEventTranslatorTests
{
    private const string Events = "events";

    public static TheoryData<string> Names => [.. Golden.Names(Events, ".binpb")];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_golden_event_becomes_its_golden_json(string name)
    {
        var json = Translate(Golden.Bytes(Events, name + ".binpb"));

        Assert.NotNull(json);
        Assert.Null(JsonComparison.Difference(Golden.Text(Events, name + ".json"), json));
    }

    [Theory]
    [InlineData(253402300800, 0)]
    [InlineData(-62135596801, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    public void A_timestamp_out_of_range_can_not_be_shown(long seconds, int nanos)
    {
        var jobEvent = Say.Event(1);
        jobEvent.Timestamp = new Timestamp { Seconds = seconds, Nanos = nanos };

        Assert.Null(Translate(jobEvent.ToByteArray()));
    }

    [Fact]
    public void A_moment_of_the_payload_out_of_range_can_not_be_shown()
    {
        var jobEvent = Say.Bare(1);
        jobEvent.JobPaused = new JobPaused { PausedAt = new Timestamp { Seconds = long.MaxValue } };

        Assert.Null(Translate(jobEvent.ToByteArray()));
    }

    [Fact]
    public void A_value_nested_a_thousand_deep_can_not_be_shown()
    {
        var value = Value.ForBool(true);
        for (var i = 0; i < 1_000; i++)
        {
            value = Value.ForList(value);
        }

        var jobEvent = Say.Bare(1);
        jobEvent.Custom = new CustomEvent
        {
            EventType = "deep",
            Data = new Struct { Fields = { ["x"] = value } },
        };

        Assert.Null(Translate(jobEvent.ToByteArray()));
    }

    [Theory]
    [InlineData("config", true, 128)]
    [InlineData("config", false, 34)]
    [InlineData("config", false, 128)]
    [InlineData("details", true, 128)]
    [InlineData("details", false, 34)]
    [InlineData("details", false, 128)]
    [InlineData("custom", true, 128)]
    [InlineData("custom", false, 100)]
    [InlineData("custom", false, 128)]
    public void Data_that_nests_128_levels_is_shown_whole(string place, bool isList, int levels)
    {
        var json = Translate(NestedEvent(place, isList, levels).ToByteArray());

        Assert.NotNull(json);
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        Assert.Equal(levels, LevelsOf(document.RootElement.GetProperty("data")));
        Assert.Contains("\"deepest\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config", true, 129, "NestedTooDeep")]
    [InlineData("config", false, 129, "NestedTooDeep")]
    [InlineData("details", true, 129, "NestedTooDeep")]
    [InlineData("details", false, 129, "NestedTooDeep")]
    [InlineData("custom", true, 129, "NestedTooDeep")]
    [InlineData("custom", false, 250, "NestedTooDeep")]
    public void Data_that_nests_deeper_can_not_be_shown_and_the_reason_is_known(string place, bool isList, int levels, string reason)
    {
        var translator = new JobEventTranslator();

        Assert.False(translator.TryWrite(NestedEvent(place, isList, levels).ToByteArray(), new ArrayBufferWriter<byte>()));
        Assert.Equal(reason, $"{translator.Fault}");
    }

    [Fact]
    public void Data_that_nests_ten_thousand_levels_is_unreadable()
    {
        var translator = new JobEventTranslator();

        Assert.False(translator.TryWrite(Encoded.DeepDetails(10_000), new ArrayBufferWriter<byte>()));
        Assert.Equal(TranslationFault.Unreadable, translator.Fault);
    }

    [Fact]
    public void Bytes_that_are_no_event_are_not_shown_after_the_second_look_either()
    {
        // The end of a group that never began: a parser that doesn't check takes it for the end of the message.
        byte[] bytes = [.. NestedEvent("details", isList: false, levels: 50).ToByteArray(), 0x0C];

        Assert.Null(Translate(bytes));
    }

    [Theory]
    [InlineData("text", '\u0001', 2_700_000, true)]
    [InlineData("text", '\u0001', 2_900_000, false)]
    [InlineData("text", '\n', 4_000_000, true)]
    [InlineData("text", '\u00e9', 2_000_000, true)]
    [InlineData("name", '\u00e9', 1_000_000, true)]
    [InlineData("name", '"', 1_000_000, true)]
    [InlineData("name", '\u0001', 2_900_000, false)]
    [InlineData("name", 'x', 4_000_000, true)]
    [InlineData("type", '\u0001', 2_900_000, false)]
    public void An_event_is_shown_whole_or_not_at_all_if_its_json_is_too_large(string place, char character, int count, bool isShown)
    {
        var text = new string(character, count);
        var jobEvent = Say.Bare(1);
        jobEvent.Custom = new CustomEvent { EventType = place == "type" ? text : "long", Data = new Struct() };
        jobEvent.Custom.Data.Fields[place == "name" ? text : "text"] = Value.ForString(place == "text" ? text : "");
        var translator = new JobEventTranslator();
        var output = new ArrayBufferWriter<byte>();

        Assert.Equal(isShown, translator.TryWrite(jobEvent.ToByteArray(), output));

        Assert.Equal(isShown ? null : TranslationFault.JsonTooLarge, translator.Fault);
        Assert.InRange(output.WrittenCount, 0, 16 * 1024 * 1024);
        if (isShown)
        {
            using var json = JsonDocument.Parse(output.WrittenMemory);
            var shown = Assert.Single(json.RootElement.GetProperty("data").EnumerateObject());
            Assert.Equal(text, place == "name" ? shown.Name : shown.Value.GetString());
        }
    }

    [Fact]
    public void Text_in_any_language_fits_in_an_event_of_any_size()
    {
        var jobEvent = Say.Bare(1);
        jobEvent.Stage = string.Concat(Enumerable.Repeat("😀", 2_000_000));
        var output = new ArrayBufferWriter<byte>();

        Assert.True(new JobEventTranslator().TryWrite(jobEvent.ToByteArray(), output));

        Assert.True(output.WrittenCount > 16 * 1024 * 1024);
    }

    [Fact]
    public void An_event_that_is_too_large_and_nests_too_deep_is_refused_for_its_depth()
    {
        var jobEvent = NestedEvent("details", isList: true, levels: 129);
        jobEvent.Stage = new string('\u0001', 3_000_000);
        var translator = new JobEventTranslator();

        Assert.False(translator.TryWrite(jobEvent.ToByteArray(), new ArrayBufferWriter<byte>()));
        Assert.Equal(TranslationFault.NestedTooDeep, translator.Fault);
    }

    [Fact]
    public void A_stack_that_is_not_UTF8_can_not_be_shown_even_if_it_is_withheld()
    {
        var failed = Say.Bare(1);
        failed.JobFailed = new JobFailed { ErrorStack = "at Optimizer.Run()" };
        var bytes = failed.ToByteArray();
        bytes[bytes.AsSpan().IndexOf("at Optimizer"u8)] = 0xFF;
        var translator = new JobEventTranslator(new TranslationOptions { IncludeErrorStack = false });

        Assert.False(translator.TryWrite(bytes, new ArrayBufferWriter<byte>()));
        Assert.Equal(TranslationFault.Unreadable, translator.Fault);
    }

    [Fact]
    public void Of_an_event_that_can_not_be_shown_nothing_is_written()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.False(new JobEventTranslator().TryWrite(NestedEvent("config", isList: true, levels: 129).ToByteArray(), output));
        Assert.Equal(0, output.WrittenCount);
    }

    /// <summary>An event whose <c>data</c> has so many levels of objects and arrays, itself included.</summary>
    private static JobEvent NestedEvent(string place, bool isList, int levels)
    {
        var value = Value.ForString("deepest");
        var own = place == "config" ? 2 : 1;
        for (var level = own; level < levels; level++)
        {
            value = isList ? Value.ForList(value) : Value.ForStruct(new Struct { Fields = { ["x"] = value } });
        }

        var jobEvent = Say.Bare(1);
        var nested = new Struct { Fields = { ["x"] = value } };
        jobEvent.Details = place == "details" ? nested : null;
        if (place == "config")
        {
            jobEvent.JobStarted = new JobStarted { Config = nested };
        }
        else if (place == "custom")
        {
            jobEvent.Custom = new CustomEvent { EventType = "deep", Data = nested };
        }

        return jobEvent;
    }

    private static int LevelsOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => 1 + value.EnumerateObject().Select(member => LevelsOf(member.Value)).DefaultIfEmpty().Max(),
            JsonValueKind.Array => 1 + value.EnumerateArray().Select(LevelsOf).DefaultIfEmpty().Max(),
            _ => 0,
        };

    [Fact]
    public void Text_that_is_not_UTF8_can_not_be_shown()
    {
        var bytes = Say.Event(1).ToByteArray();
        var at = bytes.AsSpan().IndexOf("evaluate"u8);
        bytes[at] = 0xFF;

        Assert.Null(Translate(bytes));
    }

    [Theory]
    [InlineData(true, "at Optimizer.Run()")]
    [InlineData(false, "")]
    public void A_stack_is_shown_unless_it_is_withheld_and_details_can_not_bring_it_back(bool isIncluded, string expected)
    {
        var translator = new JobEventTranslator(new TranslationOptions { IncludeErrorStack = isIncluded });
        var failed = Say.Event(1);
        failed.JobFailed = new JobFailed { Error = "it broke", ErrorStack = "at Optimizer.Run()" };
        failed.Details = new Struct { Fields = { ["errorStack"] = Value.ForString("at Details.Run()") } };
        var output = new ArrayBufferWriter<byte>();

        Assert.True(translator.TryWrite(failed.ToByteArray(), output));
        using var json = JsonDocument.Parse(output.WrittenMemory);
        var shown = json.RootElement.GetProperty("data");
        Assert.Equal(("it broke", expected), (shown.GetProperty("error").GetString(), shown.GetProperty("errorStack").GetString()));
    }

    [Fact]
    public void After_an_event_that_can_not_be_shown_the_next_is_shown_whole()
    {
        var translator = new JobEventTranslator();
        var output = new ArrayBufferWriter<byte>();
        Assert.False(translator.TryWrite([0xFF], output));
        output.ResetWrittenCount();

        Assert.True(translator.TryWrite(Say.Event(7).ToByteArray(), output));
        using var json = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(7, json.RootElement.GetProperty("id").GetInt64());
    }

    [Fact]
    public void Any_event_has_the_six_members_unless_one_of_its_times_is_on_no_calendar() =>
        Any.Event.Sample(jobEvent =>
        {
            var json = Translate(jobEvent.ToByteArray());

            Assert.Equal(IsOnCalendar(jobEvent.Timestamp) && IsOnCalendar(MomentOf(jobEvent) ?? jobEvent.Timestamp), json is not null);
            if (json is null)
            {
                return;
            }

            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var members = document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
            Assert.Equal(["id", "eventType", "iteration", "stage", "data", "timestamp"], members.Keys);
            Assert.Equal(
                (jobEvent.Id, jobEvent.Iteration, jobEvent.Stage, JsonValueKind.Object),
                (members["id"].GetInt64(), members["iteration"].GetInt32(), members["stage"].GetString(), members["data"].ValueKind)
            );
            Assert.Equal(
                jobEvent.Timestamp.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                members["timestamp"].GetDateTimeOffset().ToUnixTimeMilliseconds()
            );
        });

    private static bool IsOnCalendar(Timestamp? time) =>
        time is { Seconds: >= -62_135_596_800 and <= 253_402_300_799, Nanos: >= 0 and < 1_000_000_000 };

    private static Timestamp? MomentOf(JobEvent jobEvent) =>
        jobEvent.PayloadCase switch
        {
            JobEvent.PayloadOneofCase.JobPaused => jobEvent.JobPaused.PausedAt,
            JobEvent.PayloadOneofCase.JobResumed => jobEvent.JobResumed.ResumedAt,
            JobEvent.PayloadOneofCase.JobCancelled => jobEvent.JobCancelled.CancelledAt,
            _ => null,
        };

    [Fact]
    public void Any_bytes_become_valid_json_or_nothing()
    {
        var golden = Golden
            .Names(Events, ".binpb")
            .Select(name => Golden.Bytes(Events, name + ".binpb"))
            .Where(b => b.Length > 0)
            .ToArray();
        Gen.Select(Gen.Int[0, golden.Length - 1], Gen.Int[0, 10_000], Gen.Byte)
            .Sample(
                (which, at, value) =>
                {
                    var bytes = (byte[])golden[which].Clone();
                    bytes[at % bytes.Length] = value;
                    if (Translate(bytes) is { } json)
                    {
                        JsonDocument.Parse(json).Dispose();
                    }
                }
            );
    }

    private static string? Translate(byte[] encoded)
    {
        var translator = new JobEventTranslator();
        var output = new ArrayBufferWriter<byte>();
        return translator.TryWrite(encoded, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
