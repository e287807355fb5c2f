using CsCheck;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>Something that is done to a store.</summary>
internal abstract record Step;

internal sealed record AppendStep(JobAppend Append) : Step;

internal sealed record WaitStep(TimeSpan Time) : Step;

internal sealed record SweepStep : Step;

/// <summary>Random steps over a few jobs and producers, so that all rules meet.</summary>
internal static class RandomAppends
{
    private static readonly DateTimeOffset SomeTime = new(2025, 6, 1, 0, 0, 0, 123, TimeSpan.Zero);

    private static readonly Gen<string> Name = OneOf("a", "b", "c\u00e4\U0001F600");
    private static readonly Gen<double> Score = Gen.OneOf(
        Gen.Int[-3, 3].Select(n => n / 2.0),
        OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon)
    );

    private static readonly Gen<Struct> Config = Gen.OneOf(
        Gen.Const(() => default(Struct)!),
        OneOf("minimize", "maximize", "MINIMIZE").Select(direction => Member("direction", Value.ForString(direction))),
        Gen.Const(() => Member("direction", Value.ForStruct(Member("x", Value.ForNull())))),
        Gen.Const(() => Member("other", Value.ForString("\"minimize\"")))
    );

    private static readonly Gen<JobEvent> Payload = Gen.Frequency(
        (6, Score.Select(score => new JobEvent { IterationCompleted = new IterationCompleted { Score = score } })),
        (
            3,
            Gen.Select(
                Config,
                OneOf("", "P1", "\u0131\"\\\n"),
                (config, prompt) =>
                    new JobEvent
                    {
                        JobStarted = new JobStarted
                        {
                            PromptId = prompt,
                            DatasetId = "Set",
                            Config = config?.Clone(),
                        },
                    }
            )
        ),
        (1, Gen.Int[0, 9].Select(n => new JobEvent { JobPaused = new JobPaused { CurrentIteration = n } })),
        (
            1,
            Gen.Int[0, 9]
                .Select(n => new JobEvent
                {
                    JobResumed = new JobResumed { ResumeFromIteration = n, ResumedAt = SomeTime.ToTimestamp() },
                })
        ),
        (
            1,
            Gen.Const(() =>
                new JobEvent
                {
                    JobFailed = new JobFailed { Error = "e", WillRetry = true },
                }
            )
        ),
        (
            2,
            OneOf("", "mine", "job_completed", "unknown")
                .Select(type => new JobEvent
                {
                    Custom = new CustomEvent { EventType = type, Data = Member("score", Value.ForNumber(9)) },
                })
        ),
        (1, Gen.Const(() => new JobEvent()))
    );

    private static readonly Gen<JobEvent> Ending = Gen.OneOf(
        Gen.Const(() =>
            new JobEvent
            {
                JobCompleted = new JobCompleted { ResultPromptId = "r", FinalScore = 0.5 },
            }
        ),
        Gen.Const(() =>
            new JobEvent
            {
                JobFailed = new JobFailed { Error = "e", ErrorStack = "s" },
            }
        ),
        Gen.Const(() => new JobEvent { JobCancelled = new JobCancelled { FinalIteration = 3 } })
    );

    private static readonly Gen<JobEvent[]> Events = Gen.Select(
        Complete(Payload).Array[0, 4],
        Gen.Frequency((12, Gen.Const(Array.Empty<JobEvent>())), (1, Complete(Ending).Select(last => new[] { last }))),
        JobEvent[] (events, last) => [.. events, .. last]
    );

    private static readonly Gen<JobProducer?> Producer = Gen.Frequency(
        (1, Gen.Const(default(JobProducer))),
        (2, Gen.Select(OneOf("p", "q"), Gen.Long[0, 1], Gen.Long[0, 3], JobProducer? (id, run, n) => new JobProducer(id, run, n)))
    );

    private static readonly Gen<Step> Append = Gen.Select(
        Name,
        Events,
        Producer,
        Gen.Frequency((5, Gen.Const(default(long?))), (1, Gen.Long[0, 6].Select(id => (long?)id))),
        Gen.Frequency((4, Gen.Const(default(TimeSpan?))), (1, Gen.Int[1, 20].Select(s => (TimeSpan?)TimeSpan.FromSeconds(s)))),
        Gen.Frequency((4, Gen.Const(default(string?))), (1, Gen.Int[0, 9].Select(n => (string?)$"{{\"n\":{n}}}"))),
        Step (job, events, producer, expected, lease, kept) =>
            new AppendStep(
                new JobAppend(job, events)
                {
                    Producer = producer,
                    ExpectedLastId = expected,
                    Lease = lease,
                    Record = kept,
                }
            )
    );

    /// <summary>The steps of one try.</summary>
    public static Gen<Step[]> Steps { get; } =
        Gen.Frequency(
            (8, Append),
            (2, Gen.Int[0, 30_000].Select(Step (ms) => new WaitStep(TimeSpan.FromMilliseconds(ms)))),
            (2, Gen.Const(Step () => new SweepStep())),
            (1, Gen.Const(Step () => new WaitStep(TimeSpan.FromMinutes(31))))
        ).Array[1, 25];

    private static Gen<JobEvent> Complete(Gen<JobEvent> payload) =>
        Gen.Select(
            payload,
            Gen.Int[0, 5],
            OneOf("", "tune"),
            Gen.Bool,
            Gen.Bool,
            (jobEvent, iteration, stage, hasTime, hasDetails) =>
            {
                var made = jobEvent.Clone();
                (made.Iteration, made.Stage) = (iteration, stage);
                made.Timestamp = hasTime ? SomeTime.ToTimestamp() : null;
                made.Details = hasDetails ? Member("score", Value.ForString("\0mine")) : null;
                return made;
            }
        );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Struct Member(string name, Value value) => new() { Fields = { [name] = value } };
}
