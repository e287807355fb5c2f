using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>The time limits of streams, openings and one-off replays: PROTOCOL.md section 9.</summary>
public sealed class WatchDeadlinesTests
{
    [Fact]
    public void Silence_of_a_confirmed_stream_is_sixty_seconds_from_the_last_message()
    {
        var run = Live();
        run.Passes(59 * Second).Says(Say.Heartbeat()).Passes(59.999 * Second);
        Assert.Equal(WatchState.Live, run.Machine.State);

        run.Passes(0.001 * Second);
        Assert.Equal([WatchFault.Silent], run.Closes);
    }

    [Fact]
    public void The_time_that_the_client_takes_is_no_silence()
    {
        var run = Live();
        run.Busy(70 * Second);
        run.Says(Say.Live(Say.Event(1)));

        Assert.Equal(WatchState.Live, run.Machine.State);
        Assert.Equal(new WatchAction.Read(60 * Second), run.Settle());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(30)]
    public void A_reopened_stream_that_is_not_confirmed_in_time_has_failed_whatever_else_it_says(int confirmsWithin)
    {
        var run = Live().Fails(WatchFault.Unavailable);
        run.ConfirmsWithin = confirmsWithin * Second;
        run.Reopens().Passes((confirmsWithin - 1) * Second).Says(Say.Heartbeat());
        Assert.Equal(WatchState.Opening, run.Machine.State);

        run.Passes(0.5 * Second);
        Assert.Equal(WatchState.Opening, run.Machine.State);
        run.Passes(0.5 * Second);
        Assert.Equal([WatchFault.Unavailable, WatchFault.Silent], run.Closes);
        Assert.True(run.Done.OfType<WatchAction.Close>().Last().IsBackendDown);
    }

    [Fact]
    public void A_message_that_says_nothing_after_the_time_is_up_is_as_good_as_silence()
    {
        var run = Live().Fails(WatchFault.Unavailable).Reopens();
        run.ConfirmsWithin = TimeSpan.Zero;
        run.Fails(WatchFault.Unavailable).Reopens().Says(Say.Heartbeat());

        Assert.Equal(WatchFault.Silent, run.Closes.Last());
    }

    [Fact]
    public void A_subscribe_that_can_not_be_opened_in_ten_seconds_ends()
    {
        var run = new WatchRun();
        var faults = 0;
        for (; run.Settle() is not WatchAction.End; faults++)
        {
            run.Fails(WatchFault.Unavailable);
            if (run.Machine.State == WatchState.Waiting)
            {
                run.Reopens();
            }
        }

        Assert.Equal(WatchEnd.Unavailable, run.End);
        Assert.InRange(faults, 3, 12);
        Assert.Equal(10 * Second, run.Now);
    }

    [Fact]
    public void A_stream_that_is_opened_as_the_time_runs_out_gets_a_moment()
    {
        var run = new WatchRun { ConfirmsWithin = 60 * Second };
        run.Settle();
        run.Skip(9.9 * Second);
        run.Fails(WatchFault.Unavailable).Reopens();

        Assert.Equal(10 * Second, run.Now);
        Assert.Equal(new WatchAction.Read(TimeSpan.FromMilliseconds(1)), run.Settle());
        run.Passes(TimeSpan.FromMilliseconds(1));
        Assert.Equal(WatchEnd.Unavailable, run.End);
        Assert.Equal(WatchFault.Silent, Assert.IsType<WatchStep.Ended>(run.Told[^1]).Fault);
    }

    [Fact]
    public void The_wait_for_the_turn_does_not_count_towards_the_ten_seconds()
    {
        var run = new WatchRun { ConfirmsWithin = 60 * Second, Turn = 60 * Second };
        run.Reopens().Passes(4 * Second).Fails(WatchFault.Unavailable).Reopens();
        run.Turn = TimeSpan.Zero;

        Assert.Equal(124.3 * Second, run.Now);
        run.Passes(5.6 * Second);
        Assert.Null(run.End);
        run.Passes(0.1 * Second);
        Assert.Equal(WatchEnd.Unavailable, run.End);
    }

    [Fact]
    public void Silence_of_a_stream_that_is_opening_ends_it_after_ten_seconds()
    {
        var run = new WatchRun { ConfirmsWithin = 60 * Second };
        run.Passes(9.9 * Second);
        Assert.Null(run.End);

        run.Passes(0.1 * Second);
        Assert.Equal(WatchEnd.Unavailable, run.End);
    }

    [Fact]
    public void A_one_off_replay_has_ten_seconds_from_the_last_progress_and_the_clients_own_time_is_not_counted()
    {
        var run = new WatchRun(historyOnly: true).Says(Say.Subscribed(last: 9));
        run.Passes(9 * Second).Says(Say.Replay(hasMore: true, Say.Event(1))).Passes(9 * Second);
        run.Busy(30 * Second);
        run.Says(Say.Replay(hasMore: true, Say.Event(2))).Passes(9.9 * Second);
        Assert.Null(run.End);

        run.Passes(0.1 * Second);
        Assert.Equal(WatchEnd.Unavailable, run.End);
    }

    [Fact]
    public void The_time_that_the_consumer_takes_for_a_step_without_events_is_not_counted_either()
    {
        var run = new WatchRun(historyOnly: true);
        run.Busy(30 * Second);
        run.Says(Say.Subscribed(last: 9)).Passes(9.9 * Second);

        Assert.Null(run.End);
    }

    [Fact]
    public void Messages_without_news_do_not_prolong_a_one_off_replay()
    {
        var run = new WatchRun(historyOnly: true).Says(Say.Subscribed(last: 9));
        for (var i = 0; i < 10; i++)
        {
            run.Passes(0.99 * Second).Says(Say.Heartbeat(last: 0));
        }

        Assert.Null(run.End);
        run.Passes(0.1 * Second);
        Assert.Equal(WatchEnd.Unavailable, run.End);
    }

    [Fact]
    public void A_one_off_replay_whose_time_is_up_is_not_saved_by_a_message_that_comes_just_then()
    {
        var run = new WatchRun(historyOnly: true).Says(Say.Subscribed(last: 9));
        run.Settle();
        run.Skip(10 * Second);
        run.Machine.Received(run.Now, new WatchRead(new WatchMessage(), null));

        run.Settle();
        Assert.Equal(WatchEnd.Unavailable, run.End);
    }

    private static WatchRun Live() => new WatchRun(after: 0).Says(Say.Subscribed(last: 0), Say.Replay());
}
