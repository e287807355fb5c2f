using System.Text;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Tests.Feeds;

/// <summary>The events that a viewer's own watch hands over lead up to its position without a gap.</summary>
public sealed class TrailTests
{
    [Fact]
    public void It_hands_over_what_leads_up_to_the_position()
    {
        using var trail = new Trail();
        Add(trail, 3, previousId: 2);
        Add(trail, 5, previousId: 3);
        var ring = trail.HandOver(5);

        Assert.Equal((2L, 5L, 2), (ring.Floor, ring.Head, ring.Count));
        ring.Clear();
    }

    [Fact]
    public void It_hands_over_nothing_that_ends_before_the_position()
    {
        using var trail = new Trail();
        Add(trail, 3);
        var ring = trail.HandOver(7);

        Assert.Equal((7L, 7L, 0), (ring.Floor, ring.Head, ring.Count));
    }

    [Fact]
    public void It_begins_anew_after_a_gap_and_after_an_event_that_is_too_large()
    {
        using var trail = new Trail();
        Add(trail, 3);
        Add(trail, 9, previousId: 7);
        Add(trail, 10, padding: 100_000);
        Add(trail, 12);
        var ring = trail.HandOver(12);

        Assert.Equal((11L, 12L, 1), (ring.Floor, ring.Head, ring.Count));
        ring.Clear();
    }

    private static void Add(Trail trail, long id, long? previousId = null, int padding = 0)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"id":{{id}}}{{new string(' ', padding)}}""");
        trail.Add(new WatchedEvent(id, previousId, IsTerminal: false, Fault: null, default), json, readAt: id, happenedAt: 0);
    }
}
