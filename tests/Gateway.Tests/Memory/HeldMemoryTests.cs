using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Tests.Memory;

public sealed class HeldMemoryTests
{
    private readonly HeldMemory held = new(1_000_000);

    [Theory]
    [InlineData(499_999, Pressure.None)]
    [InlineData(500_000, Pressure.ShrinkRings)]
    [InlineData(650_000, Pressure.HoldBack)]
    [InlineData(800_000, Pressure.Shed)]
    [InlineData(900_000, Pressure.Refuse)]
    [InlineData(2_000_000, Pressure.Refuse)]
    public void Measures_are_taken_in_this_order(long bytes, object pressure)
    {
        held.Add(bytes);
        Assert.Equal((bytes, pressure), (held.Bytes, (object)held.Pressure));

        held.Add(-bytes);
        Assert.Equal((0, Pressure.None), (held.Bytes, held.Pressure));
    }

    [Fact]
    public void Connections_and_streams_take_at_most_their_part_so_that_there_is_some_left_for_what_waits()
    {
        while (held.HasRoom)
        {
            held.AddFixed(Costs.Connection);
        }

        Assert.InRange(held.Bytes, 600_000, 600_000 + Costs.Connection);
        Assert.Equal(Pressure.ShrinkRings, held.Pressure);

        held.AddFixed(-Costs.Connection);
        Assert.True(held.HasRoom);
    }

    [Fact]
    public void When_newcomers_are_refused_there_is_room_for_the_streams_of_those_who_are_in()
    {
        while (held.HasRoom)
        {
            held.AddFixed(Costs.Connection);
        }

        Assert.True(held.HasRoomForStream);
        while (held.HasRoomForStream)
        {
            held.AddStream(Costs.Stream);
        }

        Assert.InRange(held.Bytes, 650_000, 650_000 + Costs.Stream);
        Assert.False(held.MustShed);
        Assert.True(held.Pressure < Pressure.Shed);
    }

    [Fact]
    public async Task Subscriptions_of_those_who_are_in_may_take_more_and_then_readers_are_sent_away_before_they_are_refused()
    {
        var pressed = held.PressedAsync(TestContext.Current.CancellationToken);
        while (!held.MustShed)
        {
            Assert.True(held.HasRoomForSubscription);
            Assert.False(pressed.IsCompleted);
            held.AddFixed(Costs.Subscription);
        }

        await pressed;
        Assert.Equal(held.Bytes - 589_000, held.Excess);
        Assert.Equal((false, true), (held.HasRoom, held.HasRoomForStream));
        while (held.HasRoomForSubscription)
        {
            held.AddFixed(Costs.Subscription);
        }

        Assert.InRange(held.Bytes, 750_000, 750_000 + Costs.Subscription);
    }

    [Fact]
    public void What_waits_refuses_newcomers_only_near_the_limit()
    {
        held.Add(899_999);
        Assert.True(held.HasRoom);
        held.Add(1);
        Assert.False(held.HasRoom);
    }

    [Fact]
    public async Task Whoever_sheds_is_woken_once_it_has_to_and_is_told_how_much_is_to_go()
    {
        var pressed = held.PressedAsync(TestContext.Current.CancellationToken);
        held.Add(799_999);
        Assert.False(pressed.IsCompleted);

        held.Add(1);
        await pressed;
        Assert.Equal(40_000, held.Excess);

        // While it is so, there is no wait.
        await held.PressedAsync(TestContext.Current.CancellationToken);
        held.Add(-100_000);
        Assert.InRange(held.Excess, long.MinValue, 0);
        Assert.False(held.PressedAsync(TestContext.Current.CancellationToken).IsCompleted);
    }
}
