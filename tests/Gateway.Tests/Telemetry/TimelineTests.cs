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
            timeline.Add(HappeningKind.StreamBroke, "a", "Unavailable");
            timeline.Add(HappeningKind.StreamBroke, "b", "Unavailable");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var (happenings, dropped) = timeline.Read();
        Assert.Equal([("a", 5), ("b", 5)], happenings.Select(h => (h.JobId!, h.Times)));
        Assert.All(happenings, h => Assert.Equal((began, began.AddSeconds(4)), (h.At, h.LastAt)));
        Assert.Equal(0, dropped);
    }

    [Fact]
    public void Another_cause_another_event_or_something_between_is_another_thing()
    {
        timeline.Add(HappeningKind.StreamBroke, "a", "Unavailable");
        timeline.Add(HappeningKind.StreamBroke, "a", "Silent");
        timeline.Add(HappeningKind.StreamResumed, "a", eventId: 1);
        timeline.Add(HappeningKind.StreamResumed, "a", eventId: 2);
        timeline.Add(HappeningKind.StreamBroke, "a", "Silent");

        Assert.Equal([1, 1, 1, 1, 1], timeline.Read().Happenings.Select(h => h.Times));
    }

    [Fact]
    public void The_newest_are_kept_and_the_others_counted()
    {
        for (var id = 1; id <= Timeline.Capacity + 7; id++)
        {
            timeline.Add(HappeningKind.StreamResumed, "a", eventId: id);
        }

        var (happenings, dropped) = timeline.Read();
        Assert.Equal((Timeline.Capacity, 7L), (happenings.Count, dropped));
        Assert.Equal((8L, Timeline.Capacity + 7L), (happenings[0].EventId, happenings[^1].EventId));
    }
}
