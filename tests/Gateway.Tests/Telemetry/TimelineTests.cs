using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Tests.Telemetry;

public sealed class TimelineTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly Timeline timeline;

    public TimelineTests() => timeline = new Timeline(clock);

    [Fact]
    public void The_same_of_one_job_again_and_again_is_one_thing_with_its_first_and_last_time()
    {
        var began = clock.GetUtcNow();
        for (var i = 0; i < 5; i++)
        {
            timeline.Add(TimelineEntryKind.StreamBroke, "a", "Unavailable");
            timeline.Add(TimelineEntryKind.StreamBroke, "b", "Unavailable");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var (entries, dropped) = timeline.Read();
        Assert.Equal([("a", 5), ("b", 5)], entries.Select(h => (h.JobId!, h.Times)));
        Assert.All(entries, h => Assert.Equal((began, began.AddSeconds(4)), (h.At, h.LastAt)));
        Assert.Equal(0, dropped);
    }

    [Fact]
    public void Another_cause_another_event_or_something_between_is_another_thing()
    {
        timeline.Add(TimelineEntryKind.StreamBroke, "a", "Unavailable");
        timeline.Add(TimelineEntryKind.StreamBroke, "a", "Silent");
        timeline.Add(TimelineEntryKind.StreamResumed, "a", eventId: 1);
        timeline.Add(TimelineEntryKind.StreamResumed, "a", eventId: 2);
        timeline.Add(TimelineEntryKind.StreamBroke, "a", "Silent");

        Assert.Equal([1, 1, 1, 1, 1], timeline.Read().Entries.Select(h => h.Times));
    }

    [Fact]
    public void The_newest_are_kept_and_the_others_counted()
    {
        for (var id = 1; id <= Timeline.Capacity + 7; id++)
        {
            timeline.Add(TimelineEntryKind.StreamResumed, "a", eventId: id);
        }

        var (entries, dropped) = timeline.Read();
        Assert.Equal((Timeline.Capacity, 7L), (entries.Count, dropped));
        Assert.Equal((8L, Timeline.Capacity + 7L), (entries[0].EventId, entries[^1].EventId));
    }
}
