using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class OpenScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Opens_that_nothing_is_before_come_at_once()
    {
        var schedule = new OpenSchedule(perSecond: 600, places: 64, HeldMemory.Plenty);

        for (var i = 0; i < 100; i++)
        {
            var turn = new OpenTurn(new TestOwner(), isCatchUp: true);
            schedule.Ask(turn, i * 0.01 * Second);
            Assert.True(turn.HasCome);
            Assert.Same(Task.CompletedTask, turn.Coming);
            schedule.End(turn);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(39)]
    [InlineData(500)]
    [InlineData(600)]
    public void No_second_has_more_opens_than_the_rate_and_in_the_long_run_it_is_used(int perSecond)
    {
        var schedule = new OpenSchedule(perSecond, places: 1_000_000, HeldMemory.Plenty);
        var opened = Run(schedule, Ask(schedule, new TestOwner(), count: perSecond * 20, isCatchUp: false), 10 * Second);

        Assert.InRange(MostInASecond(opened), Math.Min(perSecond, 1), perSecond);
        Assert.InRange(opened.Count, perSecond * 0.94 * 10, (perSecond * 10) + 1);
    }

    [Fact]
    public void After_a_pause_there_are_no_more_than_the_rate_in_any_second_either()
    {
        var schedule = new OpenSchedule(perSecond: 100, places: 1_000, HeldMemory.Plenty);
        var client = new TestOwner();
        var opened = Run(schedule, Ask(schedule, client, count: 300, isCatchUp: false), 5 * Second);
        Assert.Equal(0, schedule.Waiting);

        var more = Ask(schedule, client, count: 300, isCatchUp: false, now: 5 * Second);
        opened.AddRange(Run(schedule, more, 5 * Second, from: 5 * Second));

        Assert.InRange(MostInASecond(opened), 90, 100);
    }

    [Fact]
    public void Ten_thousand_watches_are_back_within_twenty_seconds_of_a_restart_with_the_default()
    {
        var options = new UpstreamOptions();
        var schedule = new OpenSchedule(options.OpensPerSecond, options.CatchUps, HeldMemory.Plenty);
        var turns = Enumerable.Range(0, 10_000).Select(i => new OpenTurn(new TestOwner(), isCatchUp: true)).ToList();
        turns.ForEach(turn => schedule.Ask(turn, TimeSpan.Zero));

        // A catch-up takes 50 ms.
        var opened = Run(schedule, turns, 20 * Second, takes: 0.05 * Second);

        Assert.Equal(10_000, opened.Count);
        Assert.InRange(MostInASecond(opened), 1, options.OpensPerSecond);
        Assert.InRange(opened[^1], 17 * Second, 18 * Second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newcomer_waits_for_one_turn_of_each_client_however_much_they_want(bool isCatchUp)
    {
        var schedule = new OpenSchedule(perSecond: 1, places: 1_000, HeldMemory.Plenty);
        var greedy = Ask(schedule, new TestOwner(), count: 50, isCatchUp);
        var other = Ask(schedule, new TestOwner(), count: 50, isCatchUp);
        var newcomer = Ask(schedule, new TestOwner(), count: 1, isCatchUp).Single();

        List<OpenTurn> order = [];
        for (var now = TimeSpan.Zero; !newcomer.HasCome; now += Second)
        {
            schedule.Advance(now);
            greedy.Concat(other).ToList().ForEach(schedule.Answer);
            order.AddRange(greedy.Concat(other).Where(turn => turn.HasCome).Except(order).ToList());
        }

        Assert.Equal([greedy[0], greedy[1], other[0]], order);
    }

    [Fact]
    public void A_full_house_of_catch_ups_holds_up_catch_ups_alone()
    {
        var schedule = new OpenSchedule(perSecond: 1_000, places: 2, HeldMemory.Plenty);
        var catchUps = Ask(schedule, new TestOwner(), count: 4, isCatchUp: true);
        var live = Ask(schedule, new TestOwner(), count: 1, isCatchUp: false).Single();

        Assert.Equal([true, true, false, false], catchUps.Select(turn => turn.HasCome));
        Assert.True(live.HasCome);
        Assert.Null(schedule.Advance(Second));
        Assert.Equal(2, schedule.CatchUps);

        schedule.GivePlace(catchUps[0]);
        schedule.GivePlace(catchUps[0]);
        schedule.End(catchUps[0]);
        schedule.Advance(Second);
        Assert.Equal([true, true, true, false], catchUps.Select(turn => turn.HasCome));
    }

    [Fact]
    public void A_fifth_of_a_seconds_opens_may_be_unanswered_at_once()
    {
        var schedule = new OpenSchedule(perSecond: 100, places: 1_000, HeldMemory.Plenty);
        var turns = Ask(schedule, new TestOwner(), count: 100, isCatchUp: false);
        for (var now = TimeSpan.Zero; now < Second; now += 0.01 * Second)
        {
            schedule.Advance(now);
        }

        Assert.Equal(20, turns.Count(turn => turn.HasCome));
        schedule.Answer(turns[0]);
        schedule.Answer(turns[0]);
        schedule.GivePlace(turns[1]);
        schedule.End(turns[2]);
        var newcomer = Ask(schedule, new TestOwner(), count: 1, isCatchUp: false, now: Second).Single();
        Assert.False(newcomer.HasCome);
        schedule.Advance(2 * Second);

        Assert.Equal(23, turns.Append(newcomer).Count(turn => turn.HasCome));
    }

    [Fact]
    public void A_turn_that_is_ended_while_it_waits_leaves_nothing_behind()
    {
        var schedule = new OpenSchedule(perSecond: 1_000, places: 1, HeldMemory.Plenty);
        var turns = Ask(schedule, new TestOwner(), count: 3, isCatchUp: true);

        schedule.End(turns[1]);
        schedule.End(turns[1]);
        schedule.End(turns[0]);
        schedule.Advance(Second);

        Assert.Equal([true, false, true], turns.Select(turn => turn.HasCome));
        schedule.End(turns[2]);
        Assert.Equal((0, 0), (schedule.Waiting, schedule.CatchUps));
    }

    [Fact]
    public void A_turn_whose_client_is_stuck_before_it_comes_takes_no_place()
    {
        var schedule = new OpenSchedule(perSecond: 1_000, places: 1, HeldMemory.Plenty);
        var turns = Ask(schedule, new TestOwner(), count: 3, isCatchUp: true);

        schedule.GivePlace(turns[1]);
        schedule.End(turns[0]);
        schedule.Advance(Second);

        Assert.Equal([true, true, true], turns.Select(turn => turn.HasCome));
        Assert.Equal([false, false, true], turns.Select(turn => turn.HasPlace));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_is_behind_waits_and_holds_up_nobody(bool isCatchUp)
    {
        var schedule = new OpenSchedule(perSecond: 1_000, places: 64, HeldMemory.Plenty);
        var behind = new TestOwner { IsBehind = true };
        var waiting = Ask(schedule, behind, count: 2, isCatchUp);
        var other = Ask(schedule, new TestOwner(), count: 1, isCatchUp).Single();
        Assert.Equal([false, false, true], waiting.Append(other).Select(turn => turn.HasCome));

        // It is looked at again.
        Assert.Equal(TimeSpan.FromMilliseconds(100), schedule.Advance(Second));
        behind.IsBehind = false;
        Assert.Null(schedule.Advance(1.1 * Second));
        Assert.Equal([true, true], waiting.Select(turn => turn.HasCome));
    }

    [Fact]
    public void Clients_that_are_behind_cost_a_look_now_and_then_however_many_others_come_and_go()
    {
        var schedule = new OpenSchedule(perSecond: 1_000_000, places: 64, HeldMemory.Plenty);
        var behind = Enumerable.Range(0, 1_000).Select(_ => new TestOwner { IsBehind = true }).ToList();
        behind.ForEach(client => Ask(schedule, client, count: 1, isCatchUp: false));

        for (var i = 0; i < 1_000; i++)
        {
            var turn = Ask(schedule, new TestOwner(), count: 1, isCatchUp: false, now: i * 0.001 * Second).Single();
            Assert.True(turn.HasCome);
            schedule.End(turn);
            schedule.Advance(i * 0.001 * Second);
        }

        // Twice when they came, and ten times in the second after.
        Assert.All(behind, client => Assert.InRange(client.Looks, 1, 15));
    }

    [Fact]
    public void A_stream_for_which_there_is_no_memory_waits_until_another_has_ended_and_each_is_counted_once()
    {
        var held = new HeldMemory(Costs.Stream * 4);
        var schedule = new OpenSchedule(perSecond: 1_000, places: 64, held);
        var turns = Ask(schedule, new TestOwner(), count: 4, isCatchUp: false);
        Assert.Equal([true, true, true, false], turns.Select(turn => turn.HasCome));
        Assert.Equal((3 * Costs.Stream, TimeSpan.FromMilliseconds(100)), (held.Bytes, schedule.Advance(Second)));

        schedule.End(turns[0]);
        schedule.End(turns[0]);
        schedule.Advance(Second);
        Assert.True(turns[3].HasCome);
        Assert.Equal(3 * Costs.Stream, held.Bytes);

        turns.ForEach(schedule.End);
        Assert.Equal(0, held.Bytes);
    }

    private static List<OpenTurn> Ask(OpenSchedule schedule, IStreamOwner client, int count, bool isCatchUp, TimeSpan now = default)
    {
        var turns = Enumerable.Range(0, count).Select(_ => new OpenTurn(client, isCatchUp)).ToList();
        turns.ForEach(turn => schedule.Ask(turn, now));
        return turns;
    }

    /// <returns>The times at which turns came, a millisecond exact.</returns>
    private static List<TimeSpan> Run(
        OpenSchedule schedule,
        List<OpenTurn> turns,
        TimeSpan time,
        TimeSpan takes = default,
        TimeSpan from = default
    )
    {
        List<TimeSpan> opened = [];
        Queue<(TimeSpan At, OpenTurn Turn)> running = [];
        var next = 0;
        for (var now = from; now < from + time; now += TimeSpan.FromMilliseconds(1))
        {
            while (running.TryPeek(out var first) && first.At <= now)
            {
                schedule.End(running.Dequeue().Turn);
            }

            schedule.Advance(now);
            for (; next < turns.Count && turns[next].HasCome; next++)
            {
                running.Enqueue((now + takes, turns[next]));
                opened.Add(now);
            }
        }

        return opened;
    }

    private static int MostInASecond(List<TimeSpan> opened)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < opened.Count; last++)
        {
            while (opened[last] - opened[first] >= Second)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
