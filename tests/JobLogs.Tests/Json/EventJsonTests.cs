using System.Text;
using System.Text.Json;
using CsCheck;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Json;

namespace OptimizationGateway.JobLogs.Tests.Json;

public sealed class EventJsonTests
{
    [Fact]
    public void Each_documented_event_is_read_member_by_member_and_other_members_are_details()
    {
        var events = EventJson.ReadEvents(
            """
            [
              {"eventType":"job_started","data":{"promptId":"p","datasetId":"d","config":{"direction":"minimize"},"host":"a"}},
              {"eventType":"iteration_completed","iteration":3,"stage":"evaluate","timestamp":"2026-01-31T12:00:00.5+01:00","data":{"score":0.25}},
              {"iteration":4,"data":{"score":null,"kept":[true,{}]},"eventType":"iteration_completed"},
              {"eventType":"job_paused","iteration":4,"data":{"pausedAt":"2026-01-31T12:00:00Z"}},
              {"eventType":"job_resumed","iteration":4},
              {"eventType":"job_failed","data":{"error":"no","willRetry":true}},
              {"eventType":"job_cancelled","iteration":4,"data":{"finalIteration":2}},
              {"eventType":"job_completed","data":{"resultPromptId":"best"}},
              {"eventType":"tokens_used","data":{"n":7}}
            ]
            """u8,
            maxEvents: 9
        );

        Assert.Equal(
            ("p", "d", "minimize"),
            (events[0].JobStarted.PromptId, events[0].JobStarted.DatasetId, events[0].JobStarted.Config.Fields["direction"].StringValue)
        );
        Assert.Equal("a", events[0].Details.Fields["host"].StringValue);
        Assert.Equal((3, "evaluate", 0.25), (events[1].Iteration, events[1].Stage, events[1].IterationCompleted.Score));
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 11, 0, 0, 500, TimeSpan.Zero), events[1].Timestamp.ToDateTimeOffset());
        Assert.True(double.IsNaN(events[2].IterationCompleted.Score));
        Assert.Equal("""{ "kept": [ true, { } ] }""", events[2].Details.ToString());
        Assert.Equal(4, events[3].JobPaused.CurrentIteration);
        Assert.NotNull(events[3].JobPaused.PausedAt);
        Assert.Equal(4, events[4].JobResumed.ResumeFromIteration);
        Assert.Equal(("no", true), (events[5].JobFailed.Error, events[5].JobFailed.WillRetry));
        Assert.Equal(2, events[6].JobCancelled.FinalIteration);
        Assert.Equal("best", events[7].JobCompleted.ResultPromptId);
        Assert.True(double.IsNaN(events[7].JobCompleted.FinalScore));
        Assert.Equal(("tokens_used", 7d), (events[8].Custom.EventType, events[8].Custom.Data.Fields["n"].NumberValue));
    }

    [Theory]
    [InlineData("", "This isn't JSON: ")]
    [InlineData("{", "This isn't JSON: ")]
    [InlineData("""{"eventType":"a"} {}""", "This isn't JSON: ")]
    [InlineData("""{"eventType":"a",}""", "This isn't JSON: ")]
    [InlineData("[]", "The array must have at least one event.")]
    [InlineData("""[{"eventType":"a"},{"eventType":"a"},{"eventType":"a"},{"eventType":"a"}]""", "The array must have at most 3 events.")]
    [InlineData("7", "An event must be an object with eventType.")]
    [InlineData("""[{"eventType":"a"},null]""", "[1] must be an object with eventType.")]
    [InlineData("{}", "eventType is required: ")]
    [InlineData("""{"eventType":""}""", "eventType is required: ")]
    [InlineData("""{"eventType":7}""", "eventType must be a well-formed text.")]
    [InlineData("""{"eventType":"a","eventType":"a"}""", "eventType is there twice.")]
    [InlineData("""{"eventType":"a","event\u0054ype":"a"}""", "eventType is there twice.")]
    [InlineData("""{"eventType":"a","id":1}""", "id is given by the log: leave it out.")]
    [InlineData("""{"eventType":"a","previousId":1}""", "previousId is given by the log: leave it out.")]
    [InlineData(
        """{"eventType":"a","score":1}""",
        "score isn't known. Allowed are eventType, iteration, stage, data, timestamp; members of your own belong into data."
    )]
    [InlineData("""{"eventType":"a","iteration":-1}""", "iteration must be a whole number from 0 to 2147483647.")]
    [InlineData("""{"eventType":"a","iteration":1.5}""", "iteration must be a whole number from 0 to 2147483647.")]
    [InlineData("""{"eventType":"a","stage":null}""", "stage must be a well-formed text.")]
    [InlineData("""{"eventType":"a","stage":"\ud800"}""", "stage must be a well-formed text.")]
    [InlineData("""{"eventType":"a","timestamp":"2026-01-31T12:00:00"}""", "timestamp must be a time such as 2026-01-31T12:00:00.000Z.")]
    [InlineData("""{"eventType":"a","timestamp":"yesterday"}""", "timestamp must be a time such as 2026-01-31T12:00:00.000Z.")]
    [InlineData("""{"eventType":"a","timestamp":1769860800}""", "timestamp must be a time such as 2026-01-31T12:00:00.000Z.")]
    [InlineData("""{"eventType":"a","data":[]}""", "data must be an object.")]
    [InlineData("""{"eventType":"a","data":{"x":1e999}}""", "data.x must be a number that a double can hold.")]
    [InlineData("""{"eventType":"a","data":{"x":[1,{"y":2,"y":3}]}}""", "data.x[1].y is there twice.")]
    [InlineData("""[{"eventType":"a"},{"eventType":"iteration_completed"}]""", "[1].data.score is required: ")]
    [InlineData(
        """{"eventType":"iteration_completed","data":{"score":"0.5"}}""",
        "data.score must be a number, or null if it isn't known."
    )]
    [InlineData("""{"eventType":"iteration_completed","data":{"score":1,"score":2}}""", "data.score is there twice.")]
    [InlineData("""{"eventType":"iteration_completed","data":{"score":1,"x":2,"x":2}}""", "data.x is there twice.")]
    [InlineData("""{"eventType":"job_started","data":{"config":7}}""", "data.config must be an object.")]
    [InlineData("""{"eventType":"job_started","data":{"promptId":7}}""", "data.promptId must be a well-formed text.")]
    [InlineData("""{"eventType":"job_paused","data":{"pausedAt":7}}""", "data.pausedAt must be a time such as 2026-01-31T12:00:00.000Z.")]
    [InlineData("""{"eventType":"job_failed","data":{}}""", "data.error is required: ")]
    [InlineData("""{"eventType":"job_failed","data":{"error":"e","willRetry":"yes"}}""", "data.willRetry must be true or false.")]
    [InlineData(
        """{"eventType":"job_completed","data":{"finalScore":true}}""",
        "data.finalScore must be a number, or null if it isn't known."
    )]
    public void What_is_wrong_is_named(string json, string message)
    {
        var refusal = Assert.Throws<EventJsonException>(() => EventJson.ReadEvents(Encoding.UTF8.GetBytes(json), maxEvents: 3));
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused()
    {
        byte[] json = [.. "{\"eventType\":\""u8, 0xFF, .. "\"}"u8];
        Assert.Equal(
            "eventType must be a well-formed text.",
            Assert.Throws<EventJsonException>(() => EventJson.ReadEvents(json, 1)).Message
        );
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    [InlineData(100_000, false)]
    public void Data_nests_at_most_128_levels(int arrays, bool isAllowed)
    {
        var json = "{\"eventType\":\"deep\",\"data\":{\"x\":" + new string('[', arrays) + new string(']', arrays) + "}}";
        var refusal = Record.Exception(() => EventJson.ReadEvents(Encoding.UTF8.GetBytes(json), 1));
        Assert.Equal(isAllowed, refusal is null);
        Assert.True(isAllowed || refusal is EventJsonException);
    }

    [Fact]
    public void An_event_that_is_written_is_read_as_it_was() =>
        Events.Sample(
            jobEvent =>
            {
                var read = EventJson.Read(PayloadJson.TypeOf(jobEvent), jobEvent.Iteration, jobEvent.Stage, Written(jobEvent));
                Assert.Equal(jobEvent, read);
            },
            iter: 2000
        );

    [Fact]
    public void What_browsers_could_not_be_shown_is_written_as_they_get_it()
    {
        var nameless = new JobEvent
        {
            Custom = new CustomEvent { EventType = "job_started", Data = Object("x") },
            Details = Object("y"),
        };
        Assert.Equal(("unknown", """{"y":1}"""), (PayloadJson.TypeOf(nameless), Encoding.UTF8.GetString(Written(nameless))));

        var both = new JobEvent
        {
            Custom = new CustomEvent { EventType = "own", Data = Object("x") },
            Details = Object("x"),
        };
        Assert.Equal("""{"x":1}""", Encoding.UTF8.GetString(Written(both)));

        var taken = new JobEvent
        {
            IterationCompleted = new IterationCompleted { Score = double.PositiveInfinity },
            Details = Object("score"),
        };
        Assert.Equal("""{"score":null}""", Encoding.UTF8.GetString(Written(taken)));
    }

    private static readonly Gen<string> Texts = Gen.String[Gen.Char[' ', '\u024f'], 0, 8];

    private static readonly Gen<Value> Scalars = Gen.OneOf(
        Texts.Select(Value.ForString),
        Gen.Double[-1e300, 1e300].Select(Value.ForNumber),
        Gen.Bool.Select(Value.ForBool),
        Gen.Const(Value.ForNull())
    );

    private static readonly Gen<Value> Values = Gen.OneOf(
        Scalars,
        Scalars.Array[0, 3].Select(items => Value.ForList(items)),
        Gen.Select(Texts, Scalars).Array[0, 3].Select(members => Value.ForStruct(Members(members)))
    );

    private static readonly Gen<Struct> Structs = Gen.Select(Texts.Select(name => "own-" + name), Values).Array[1, 4].Select(Members);

    private static readonly Gen<Timestamp> Times = Gen.DateTimeOffset.Select(Timestamp.FromDateTimeOffset);

    private static readonly Gen<JobEvent> Events = Gen.Select(
        Gen.Int[0, int.MaxValue],
        Texts,
        Gen.OneOf<Action<JobEvent>>(
            Gen.Select(Texts, Structs).Select((text, data) => Set(e => e.JobStarted = new JobStarted { PromptId = text, Config = data })),
            Gen.Double[-1e300, 1e300].Select(score => Set(e => e.IterationCompleted = new IterationCompleted { Score = score })),
            Gen.Select(Gen.Int[0, 9], Times)
                .Select((n, at) => Set(e => e.JobPaused = new JobPaused { CurrentIteration = n, PausedAt = at })),
            Gen.Int[0, 9].Select(n => Set(e => e.JobResumed = new JobResumed { ResumeFromIteration = n })),
            Gen.Select(Texts, Gen.Bool)
                .Select(
                    (text, retry) =>
                        Set(e =>
                            e.JobFailed = new JobFailed
                            {
                                Error = text,
                                ErrorStack = text,
                                WillRetry = retry,
                            }
                        )
                ),
            Gen.Select(Texts, Gen.Const(double.NaN))
                .Select((text, score) => Set(e => e.JobCompleted = new JobCompleted { ResultPromptId = text, FinalScore = score })),
            Gen.Int[0, 9].Select(n => Set(e => e.JobCancelled = new JobCancelled { FinalIteration = n }))
        ),
        Gen.OneOf(Structs.Select(details => (Struct?)details), Gen.Const((Struct?)null)),
        (iteration, stage, set, details) =>
        {
            var jobEvent = new JobEvent
            {
                Iteration = iteration,
                Stage = stage,
                Details = details,
            };
            set(jobEvent);
            return jobEvent;
        }
    );

    private static Action<JobEvent> Set(Action<JobEvent> set) => set;

    private static Struct Members((string Name, Value Value)[] members)
    {
        var made = new Struct();
        foreach (var (name, value) in members)
        {
            made.Fields[name] = value;
        }

        return made;
    }

    private static Struct Object(string name) => new() { Fields = { [name] = Value.ForNumber(1) } };

    private static byte[] Written(JobEvent jobEvent)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            PayloadJson.Write(json, jobEvent);
        }

        return bytes.ToArray();
    }
}
