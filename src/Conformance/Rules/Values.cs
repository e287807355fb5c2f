using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Values()
    : Rule(
        "values",
        "6",
        "An event has at most 4 MiB and a message 16 MiB. Each event has a timestamp; its and its payload's are in the years 1 to 9999. A custom one has a name of its own."
    )
{
    private const int MaxEventBytes = 4 * 1024 * 1024;
    private const int MaxMessageBytes = 16 * 1024 * 1024;
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;
    private const int MaxNanos = 999_999_999;

    private static readonly HashSet<string> Documented =
    [
        .. JobEvent
            .Descriptor.Oneofs.Single(oneof => oneof.Name == "payload")
            .Fields.Where(field => field.Name != "custom")
            .Select(field => field.Name),
    ];

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var stories = new List<Story>();
        foreach (var job in new[] { await subject.Jobs.FinishedAsync(token), await subject.Jobs.LoadAsync(token) }.OfType<string>())
        {
            stories.Add(Judge(await subject.HistoryAsync(job, 0, token)));
        }

        if (subject.Jobs.CanStart)
        {
            stories.Add(Judge(await subject.Jobs.WholeAsync(token)));
        }

        var all = stories.SelectMany(story => story.Events).ToList();
        var (largest, kinds) = (all.Count > 0 ? all.Max(e => e.CalculateSize()) : 0, all.Select(e => e.PayloadCase).Distinct().Count());
        return Finding.Pass($"{Spoken.Count(all.Count, "event")} of {Spoken.Count(kinds, "kind")}, the largest of {largest:#,##0} bytes.");
    }

    private static Story Judge(Story story)
    {
        if (story.Messages.FirstOrDefault(message => message.CalculateSize() > MaxMessageBytes) is { } large)
        {
            throw new BreachException(
                $"{story.Request.JobId} has a message of {large.CalculateSize():#,##0} bytes: {Spoken.Message(large)}."
            );
        }

        foreach (var e in story.Events)
        {
            Judge(story.Request.JobId, e);
        }

        return story;
    }

    private static void Judge(string job, JobEvent e)
    {
        var what = $"Event {e.Id} of {job}";
        if (e.CalculateSize() > MaxEventBytes)
        {
            throw new BreachException($"{what} has {e.CalculateSize():#,##0} bytes; {MaxEventBytes:#,##0} are the most.");
        }

        if (e.Timestamp is null)
        {
            throw new BreachException($"{what} has no timestamp.");
        }

        (string Name, Timestamp? Value)[] times =
        [
            ("timestamp", e.Timestamp),
            ("paused_at", e.JobPaused?.PausedAt),
            ("resumed_at", e.JobResumed?.ResumedAt),
            ("cancelled_at", e.JobCancelled?.CancelledAt),
        ];
        if (times.FirstOrDefault(time => time.Value is { } value && !IsInRange(value)) is { Name: { } name, Value: { } bad })
        {
            throw new BreachException(
                $"{what}: {name} is {bad.Seconds} s and {bad.Nanos} ns from 1970, which is not in the years 1 to 9999."
            );
        }

        if (e.Custom is { } custom && (custom.EventType.Length == 0 || Documented.Contains(custom.EventType)))
        {
            throw new BreachException(
                $"{what} is a custom one {(custom.EventType.Length == 0 ? "without a name" : $"by the name {custom.EventType}, which is documented")}: browsers see `unknown`."
            );
        }
    }

    private static bool IsInRange(Timestamp time) => time is { Seconds: >= FirstSecond and <= LastSecond, Nanos: >= 0 and <= MaxNanos };
}
