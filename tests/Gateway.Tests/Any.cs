using CsCheck;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Tests;

/// <summary>Anything that can come in: what the properties are tried on.</summary>
internal static class Any
{
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;

    /// <summary>Well-formed text with the characters that texts are broken by.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
            "a",
            "Z",
            "0",
            " ",
            "\"",
            "\\",
            "/",
            "\b",
            "\n",
            "\0",
            "\u001F",
            "\u007F",
            "\u0085",
            "\u2028",
            "é",
            "\uFFFD",
            "\uFEFF",
            "漢",
            "😀",
            "</script>"
        )
        .Array[0, 12]
        .Select(string.Concat);

    /// <summary>A job id or request id that section 2 allows, of at most as many UTF-16 units.</summary>
    public static Gen<string> Id(int most) =>
        Gen.OneOf(
            Gen.OneOf("a", "-", "/", "\"", "\\", " ", "é", "漢", "😀", "\u2028").Array[1, most / 2].Select(string.Concat),
            Gen.OneOf(new string('j', most), string.Concat(Enumerable.Repeat("😀", most / 2)))
        );

    public static readonly Gen<long> EventId = Gen.OneOf(Gen.Long[1, (1L << 53) - 1], Gen.Long[1, 100], Gen.Const((1L << 53) - 1));

    private static readonly Gen<double> Number = Gen.OneOf(
        Gen.Double,
        Gen.OneOf(0.0, -0.0, 1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue)
    );

    private static readonly Gen<int> Iteration = Gen.OneOf(Gen.Int, Gen.OneOf(0, int.MinValue, int.MaxValue));

    private static readonly Gen<Timestamp> GoodTime = Gen.Select(Gen.Long[FirstSecond, LastSecond], Gen.Int[0, 999_999_999])
        .Select((seconds, nanos) => new Timestamp { Seconds = seconds, Nanos = nanos });

    /// <summary>Times that no calendar has, now and then.</summary>
    private static readonly Gen<Timestamp?> Time = Gen.Frequency(
        (8, GoodTime.Select(time => (Timestamp?)time)),
        (1, Gen.Const((Timestamp?)null)),
        (1, Gen.Select(Gen.Long, Gen.Int).Select((seconds, nanos) => (Timestamp?)new Timestamp { Seconds = seconds, Nanos = nanos }))
    );

    /// <summary>An event as a backend may send it, with every payload there is and none, and times that can't be shown.</summary>
    public static readonly Gen<JobEvent> Event = Gen.Select(
            EventId,
            Iteration,
            Text,
            Time,
            Gen.Select(Gen.Bool, Gen.Long, Struct(depth: 3)),
            Payload()
        )
        .Select(
            (id, iteration, stage, time, more, pay) =>
            {
                var jobEvent = new JobEvent
                {
                    Id = id,
                    Iteration = iteration,
                    Stage = stage,
                    Timestamp = time,
                    Details = more.Item3,
                };
                if (more.Item1)
                {
                    jobEvent.PreviousId = more.Item2;
                }

                pay(jobEvent);
                return jobEvent;
            }
        );

    /// <summary>An object, with the documented names among its members.</summary>
    private static Gen<Struct?> Struct(int depth)
    {
        var name = Gen.OneOf(Text, Gen.OneOf("score", "promptId", "error", "pausedAt", "finalScore", "id", "data"));
        return Gen.Select(name, Value(depth))
            .Array[0, 4]
            .Select(Gen.Bool)
            .Select(
                (members, isSet) =>
                {
                    var made = new Struct();
                    Array.ForEach(members, member => made.Fields[member.Item1] = member.Item2);
                    return isSet ? made : null;
                }
            );
    }

    private static Gen<Value> Value(int depth)
    {
        var flat = Gen.OneOf(
            Number.Select(Google.Protobuf.WellKnownTypes.Value.ForNumber),
            Text.Select(Google.Protobuf.WellKnownTypes.Value.ForString),
            Gen.Bool.Select(Google.Protobuf.WellKnownTypes.Value.ForBool),
            Gen.Const(() => Google.Protobuf.WellKnownTypes.Value.ForNull()),
            Gen.Const(() => new Value())
        );
        return depth == 0
            ? flat
            : Gen.Frequency(
                (4, flat),
                (1, Value(depth - 1).Array[0, 3].Select(Google.Protobuf.WellKnownTypes.Value.ForList)),
                (1, Struct(depth - 1).Select(made => Google.Protobuf.WellKnownTypes.Value.ForStruct(made ?? new Struct())))
            );
    }

    private static Gen<Action<JobEvent>> Payload() =>
        Gen.Select(Gen.Int[0, 8], Text, Text, Gen.Select(Number, Gen.Bool, Iteration), Time, Struct(depth: 2))
            .Select(
                (which, one, two, rest, time, made) =>
                    (Action<JobEvent>)(
                        jobEvent =>
                        {
                            var (number, flag, iteration) = rest;
                            switch (which)
                            {
                                case 0:
                                    jobEvent.JobStarted = new JobStarted
                                    {
                                        PromptId = one,
                                        DatasetId = two,
                                        Config = made,
                                    };
                                    break;
                                case 1:
                                    jobEvent.IterationCompleted = new IterationCompleted { Score = number };
                                    break;
                                case 2:
                                    jobEvent.JobPaused = new JobPaused { PausedAt = time, CurrentIteration = iteration };
                                    break;
                                case 3:
                                    jobEvent.JobResumed = new JobResumed { ResumedAt = time, ResumeFromIteration = iteration };
                                    break;
                                case 4:
                                    jobEvent.JobCompleted = new JobCompleted { ResultPromptId = one, FinalScore = number };
                                    break;
                                case 5:
                                    jobEvent.JobFailed = new JobFailed
                                    {
                                        Error = one,
                                        ErrorStack = two,
                                        WillRetry = flag,
                                    };
                                    break;
                                case 6:
                                    jobEvent.JobCancelled = new JobCancelled { CancelledAt = time, FinalIteration = iteration };
                                    break;
                                case 7:
                                    jobEvent.Custom = new CustomEvent { EventType = flag ? one : "job_completed", Data = made };
                                    break;
                                default:
                                    break;
                            }
                        }
                    )
            );
}
