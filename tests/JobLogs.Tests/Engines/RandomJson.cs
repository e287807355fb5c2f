using CsCheck;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>Random events as JSON, right and wrong ones.</summary>
internal static class RandomJson
{
    private static readonly string[] Types =
    [
        "job_started",
        "iteration_completed",
        "job_paused",
        "job_resumed",
        "job_completed",
        "job_failed",
        "job_cancelled",
        "mine",
        "unknown",
    ];

    private static readonly string[] Members =
    [
        "promptId",
        "datasetId",
        "config",
        "score",
        "pausedAt",
        "currentIteration",
        "resumedAt",
        "resumeFromIteration",
        "resultPromptId",
        "finalScore",
        "error",
        "errorStack",
        "willRetry",
        "cancelledAt",
        "finalIteration",
        "own",
    ];

    private static readonly string[] Values =
    [
        "null",
        "true",
        "0",
        "7",
        "-1",
        "0.5",
        "-2.25",
        "2147483647",
        "2147483648",
        "1e308",
        "1e309",
        "\"\"",
        "\"text\"",
        "\"\u00e9\\\"\\\\ { [\"",
        "\"2026-01-31T12:00:00Z\"",
        "\"2026-01-31T12:00:00.123456+02:00\"",
        "\"2026-01-31T25:00:00Z\"",
        "\"2026-02-29T12:00:00Z\"",
        "\"2026-01-31 12:00:00Z\"",
        "\"0001-01-01T00:00:00+01:00\"",
        "\"9999-12-31T23:59:59.999Z\"",
        "\"now\"",
        "{}",
        "[]",
        "{\"direction\": \"minimize\", \"n\": [1, {\"x\": null}]}",
        "[[], {}, \"]\"]",
    ];

    // Each event has what its type needs, mostly, and some more.
    private static readonly Gen<string> Data = Gen.Select(
        OneOf("", "\"score\": 0.5", "\"error\": \"e\"", "\"error\": \"e\", \"score\": null"),
        Gen.Select(OneOf(Members), OneOf(Values), (name, value) => (Name: name, Value: value)).Array[0, 3],
        (needed, more) =>
            "{"
            + string.Join(
                ", ",
                (string[])
                    [
                        .. needed.Length > 0 ? [needed] : Array.Empty<string>(),
                        .. more.DistinctBy(member => member.Name)
                            .Where(member => !needed.Contains($"\"{member.Name}\"", StringComparison.Ordinal))
                            .Select(member => $"\"{member.Name}\": {member.Value}"),
                    ]
            )
            + "}"
    );

    public static Gen<string> Events { get; } =
        Gen.Select(
            OneOf(Types),
            Gen.Frequency((8, Data), (1, OneOf(Values))),
            Gen.Frequency(
                (5, Gen.Const("")),
                (
                    1,
                    Gen.Select(
                        OneOf("iteration", "stage", "timestamp", "id", "own"),
                        OneOf(Values),
                        (name, value) => $", \"{name}\": {value}"
                    )
                )
            ),
            (type, data, more) => $"{{\"eventType\": \"{type}\", \"data\": {data}{more}}}"
        );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
