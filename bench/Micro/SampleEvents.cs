using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Micro;

/// <summary>The events that are measured, by the names of <c>make bench</c>.</summary>
internal static class SampleEvents
{
    public static JobEvent Of(string shape, long id = 123_456)
    {
        var jobEvent = new JobEvent
        {
            Id = id,
            PreviousId = id - 1,
            Iteration = 1234,
            Stage = "evaluate",
            Timestamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).ToTimestamp(),
            IterationCompleted = new IterationCompleted { Score = 0.7312 },
        };
        if (shape != "plain")
        {
            jobEvent.Details = new Struct
            {
                Fields =
                {
                    ["job"] = Value.ForString("live-1"),
                    ["at"] = Value.ForNumber(28_000_000_000),
                    ["hash"] = Value.ForString("8f3ac21b"),
                },
            };
        }

        if (shape == "2k")
        {
            jobEvent.Details.Fields["prompt"] = Value.ForString(string.Concat(Enumerable.Repeat("Weigh the \"tone\" of it.\n", 70)));
        }

        return jobEvent;
    }

    public static byte[] Live(string shape) => new WatchJobResponse { Event = Of(shape) }.ToByteArray();

    public static byte[] Replay(string shape, int count) =>
        new WatchJobResponse { Replay = new Replay { Events = { Enumerable.Range(1, count).Select(id => Of(shape, id)) } } }.ToByteArray();
}
