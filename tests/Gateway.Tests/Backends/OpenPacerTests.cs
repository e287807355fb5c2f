using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class OpenPacerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestOwner client = new();

    [Fact]
    public void An_open_that_nothing_is_before_starts_no_timer_and_allocates_its_turn_alone()
    {
        var clock = new CountingClock();
        using var pacer = new OpenPacer(clock, perSecond: 1_000_000, catchUps: 2, HeldMemory.Plenty);
        OpenAndEnd(pacer, client);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            OpenAndEnd(pacer, client);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 100);
        Assert.Equal(0, clock.Timers);
    }

    [Fact]
    public void One_that_has_to_wait_comes_when_the_rate_allows_it()
    {
        var clock = new CountingClock();
        using var pacer = new OpenPacer(clock, perSecond: 2, catchUps: 64, HeldMemory.Plenty);
        var turns = Enumerable.Range(0, 3).Select(_ => pacer.Ask(client, isCatchUp: false)).ToList();
        Assert.Equal([true, false, false], turns.Select(turn => turn.HasCome));
        Assert.Equal(2, pacer.Waiting);
        pacer.Answer(turns[0]);

        clock.Advance(0.4 * Second);
        Assert.False(turns[1].HasCome);
        clock.Advance(0.2 * Second);
        Assert.True(turns[1].HasCome);
        pacer.Answer(turns[1]);
        Assert.False(turns[2].HasCome);
        clock.Advance(0.6 * Second);
        Assert.True(turns[2].Coming.IsCompletedSuccessfully);

        Assert.Equal(0, pacer.Waiting);
        Assert.Equal(1, clock.Timers);
    }

    [Fact]
    public void One_that_waits_for_a_place_comes_when_another_gives_it()
    {
        using var pacer = new OpenPacer(new CountingClock(), perSecond: 1_000, catchUps: 1, HeldMemory.Plenty);
        var (first, second) = (pacer.Ask(client, isCatchUp: true), pacer.Ask(client, isCatchUp: true));
        Assert.Equal((1, 1), (pacer.CatchUps, pacer.Waiting));

        pacer.GivePlace(first);
        Assert.True(second.Coming.IsCompletedSuccessfully);

        pacer.End(first);
        Assert.Equal((1, 0), (pacer.CatchUps, pacer.Waiting));
        pacer.End(second);
        Assert.Equal(0, pacer.CatchUps);
    }

    [Fact]
    public void A_turn_whose_place_was_given_back_before_it_came_counts_as_unanswered_no_longer_than_others()
    {
        using var pacer = new OpenPacer(new CountingClock(), perSecond: 1_000, catchUps: 1, HeldMemory.Plenty);
        var (first, second) = (pacer.Ask(client, isCatchUp: true), pacer.Ask(client, isCatchUp: true));
        pacer.GivePlace(second);
        pacer.GivePlace(first);
        Assert.Equal((true, true, false), (second.HasCome, second.IsUnanswered, second.HasPlace));

        pacer.GivePlace(second);
        Assert.False(second.IsUnanswered);
    }

    private static void OpenAndEnd(OpenPacer pacer, IStreamOwner client)
    {
        var turn = pacer.Ask(client, isCatchUp: true);
        Assert.True(turn.HasCome);
        pacer.GivePlace(turn);
        pacer.End(turn);
    }

    private sealed class CountingClock : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
