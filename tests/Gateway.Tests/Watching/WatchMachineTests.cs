using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>Each transition of <see cref="WatchState"/>, and each duty of a state.</summary>
public sealed class WatchMachineTests
{
    [Theory]
    [InlineData(7L, "e1", "e1")]
    [InlineData(null, null, "")]
    public void It_opens_a_stream_at_once_where_the_client_stands(long? after, string? epoch, string asked)
    {
        var run = new WatchRun(after, epoch: epoch);

        Assert.IsType<WatchAction.Read>(run.Settle());

        Assert.Equal([new WatchAction.OpenStream(after, asked)], run.Done);
        Assert.Equal(WatchState.Opening, run.Machine.State);
        Assert.Null(run.Machine.Head);
    }

    [Fact]
    public void A_stream_that_was_asked_for_history_is_replaying_until_the_last_replay_and_then_live()
    {
        var run = new WatchRun(after: 0).Says(Say.Subscribed(last: 3));
        Assert.Equal(WatchState.Replaying, run.Machine.State);
        Assert.Equal(3, run.Machine.Head);

        run.Says(Say.Replay(hasMore: true, Say.Event(1)));
        Assert.Equal(WatchState.Replaying, run.Machine.State);

        run.Says(Say.Replay(Say.Events(2, 3)));
        Assert.Equal(WatchState.Live, run.Machine.State);

        run.Says(Say.Live(Say.Event(4)));
        Assert.Equal([1, 2, 3, 4], run.ToldIds);
        Assert.Equal(new WatchStep.Opened("e1", 3, null), run.Told[0]);
        Assert.Equal(4, run.Machine.Cursor);
        Assert.Equal(4, run.Machine.Head);
        Assert.Equal("e1", run.Machine.Epoch);
    }

    [Fact]
    public void A_live_only_stream_is_live_once_it_is_confirmed_and_stands_where_the_log_ends()
    {
        var run = new WatchRun(after: null).Says(Say.Subscribed(last: 3));

        Assert.Equal(WatchState.Live, run.Machine.State);
        Assert.Equal(3, run.Machine.Cursor);
        Assert.True(run.Machine.IsConfirmed);
    }

    [Fact]
    public void A_live_event_on_a_stream_that_announced_no_history_makes_it_live()
    {
        var run = new WatchRun(after: 2).Says(Say.Subscribed(last: 2), Say.Live(Say.Event(3)));

        Assert.Equal(WatchState.Live, run.Machine.State);
        Assert.Equal([typeof(WatchStep.Opened), typeof(WatchStep.History), typeof(WatchStep.Live)], run.Told.Select(s => s.GetType()));
    }

    [Theory]
    [InlineData(false, WatchFaultKind.Unavailable, null, true)]
    [InlineData(false, WatchFaultKind.Silent, null, true)]
    [InlineData(false, WatchFaultKind.EndedEarly, null, true)]
    [InlineData(false, WatchFaultKind.Breach, null, true)]
    [InlineData(false, WatchFaultKind.BadEvent, null, false)]
    [InlineData(false, WatchFaultKind.NotFound, WatchEnd.NotFound, false)]
    [InlineData(false, WatchFaultKind.Unimplemented, WatchEnd.BackendError, false)]
    [InlineData(false, WatchFaultKind.OutOfRange, null, false)]
    [InlineData(false, WatchFaultKind.LogCut, WatchEnd.HistoryTruncated, false)]
    [InlineData(false, WatchFaultKind.EpochChanged, WatchEnd.EpochChanged, false)]
    [InlineData(false, WatchFaultKind.Unauthorized, WatchEnd.Unauthorized, false)]
    [InlineData(false, WatchFaultKind.Forbidden, WatchEnd.Forbidden, false)]
    [InlineData(false, WatchFaultKind.Refused, WatchEnd.BackendError, false)]
    [InlineData(true, WatchFaultKind.Unavailable, null, true)]
    [InlineData(true, WatchFaultKind.Silent, null, false)]
    [InlineData(true, WatchFaultKind.EndedEarly, null, true)]
    [InlineData(true, WatchFaultKind.Breach, null, true)]
    [InlineData(true, WatchFaultKind.BadEvent, null, false)]
    [InlineData(true, WatchFaultKind.NotFound, null, false)]
    [InlineData(true, WatchFaultKind.Unimplemented, null, false)]
    [InlineData(true, WatchFaultKind.OutOfRange, null, false)]
    [InlineData(true, WatchFaultKind.LogCut, WatchEnd.HistoryTruncated, false)]
    [InlineData(true, WatchFaultKind.EpochChanged, WatchEnd.EpochChanged, false)]
    [InlineData(true, WatchFaultKind.Unauthorized, WatchEnd.Unauthorized, false)]
    [InlineData(true, WatchFaultKind.Forbidden, WatchEnd.Forbidden, false)]
    [InlineData(true, WatchFaultKind.Refused, WatchEnd.BackendError, false)]
    internal void A_fault_closes_the_stream_and_either_waits_or_ends(bool isLive, WatchFaultKind kind, WatchEnd? end, bool isBackendDown)
    {
        var run = new WatchRun(after: 5);
        if (isLive)
        {
            run.Says(Say.Subscribed(last: 5), Say.Replay());
        }

        var fault = new WatchFault(kind);
        run.Fails(fault);

        var close = Assert.Single(run.Done.OfType<WatchAction.Close>());
        Assert.Equal(new WatchAction.Close(fault, 5, isBackendDown, Reopens: end is null), close);
        Assert.Equal(end is null ? WatchState.Waiting : WatchState.Ended, run.Machine.State);
        Assert.Equal(end, run.End);
        Assert.Equal(end is null, run.Settle() is WatchAction.Wait);
        if (end is not null)
        {
            Assert.Equal(new WatchStep.Ended(end.Value, fault), run.Told[^1]);
        }
    }

    [Fact]
    public void It_waits_for_its_backoff_and_then_for_the_backends_turn_and_opens_at_the_cursor_with_the_epoch_it_knows()
    {
        var run = new WatchRun(after: 0) { Turn = 2 * Second };
        run.Says(Say.Subscribed(last: 2, epoch: "e7"), Say.Replay(Say.Events(1, 2))).Fails(WatchFault.Unavailable);

        Assert.Equal(new WatchAction.Wait(0.3 * Second), run.Settle());
        run.Passes(0.2 * Second);
        Assert.DoesNotContain(run.Done, action => action is WatchAction.ReserveTurn);
        run.Passes(0.1 * Second);
        Assert.IsType<WatchAction.ReserveTurn>(run.Done[^1]);
        Assert.Equal(new WatchAction.Wait(2 * Second), run.Settle());
        run.Passes(2 * Second);

        Assert.Equal(new WatchAction.OpenStream(2, "e7"), run.Done[^1]);
        Assert.Equal(WatchState.Opening, run.Machine.State);
    }

    [Fact]
    public void The_first_stream_waits_for_no_turn()
    {
        var run = new WatchRun { Turn = 5 * Second };
        run.Settle();

        Assert.DoesNotContain(run.Done, action => action is WatchAction.ReserveTurn);
    }

    [Fact]
    public void The_backoff_grows_from_fault_to_fault_until_there_is_progress()
    {
        var run = Live();
        List<TimeSpan> waits = [];
        for (var i = 0; i < 3; i++)
        {
            run.Fails(WatchFault.Unavailable);
            waits.Add(Assert.IsType<WatchAction.Wait>(run.Settle()).For);
            run.Reopens();
        }

        run.Says(Say.Subscribed(last: 0), Say.Live(Say.Event(1))).Fails(WatchFault.Unavailable);
        waits.Add(Assert.IsType<WatchAction.Wait>(run.Settle()).For);
        Assert.Equal([0.3 * Second, 0.5 * Second, 0.9 * Second, 0.3 * Second], waits);
    }

    [Theory]
    [InlineData(WatchState.Opening)]
    [InlineData(WatchState.Replaying)]
    [InlineData(WatchState.Live)]
    internal void A_client_that_takes_nothing_costs_the_stream_and_that_is_no_outage(WatchState state)
    {
        var run = new WatchRun();
        run.Settle();
        if (state != WatchState.Opening)
        {
            run.Says(Say.Subscribed(last: 2), Say.Replay(hasMore: state == WatchState.Replaying, Say.Events(1, 2)));
        }

        Assert.Equal(state, run.Machine.State);
        run.Machine.LetGo();
        run.Settle();

        Assert.Equal(new WatchAction.Close(null, run.Machine.Cursor, IsBackendDown: false, Reopens: true), run.Done[^1]);
        Assert.Equal(WatchState.Waiting, run.Machine.State);
        Assert.Null(run.Machine.OutageSince);
        run.Reopens();
        Assert.Single(run.Done.OfType<WatchAction.Close>());
    }

    [Fact]
    public void Without_a_stream_there_is_none_to_let_go()
    {
        var run = Live().Fails(WatchFault.Unavailable);
        run.Machine.LetGo();

        run.Reopens();

        Assert.Single(run.Closes);
    }

    [Fact]
    public void A_fault_counts_as_one_even_where_the_client_takes_nothing()
    {
        var run = Live();
        run.OnTold = _ => run.Machine.LetGo();
        run.Says(Say.Live(Say.Event(1)));
        Assert.Equal([null], run.Closes);

        run.Reopens().Says(Say.Subscribed(last: 3), Say.Replay(Say.Event(2, previous: 1), Say.Event(9, previous: 8)));
        Assert.Equal([null, WatchFault.Breach(BreachedRule.Gap)], run.Closes);
    }

    [Fact]
    public void A_terminal_event_ends_it_and_nothing_follows()
    {
        var run = Live().Says(Say.Live(Say.Completed(1)));

        Assert.Equal(WatchState.Ended, run.Machine.State);
        Assert.Equal(WatchEnd.JobEnded, run.End);
        Assert.IsType<WatchStep.Ended>(run.Told[^1]);
        Assert.IsType<WatchAction.End>(run.Settle());
        Assert.IsType<WatchAction.NoteProgress>(run.Done[^1]);
        Assert.Empty(run.Closes);
    }

    [Fact]
    public void History_that_was_all_that_was_asked_for_ends_it()
    {
        var run = new WatchRun(historyOnly: true).Says(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2)));

        Assert.Equal(WatchEnd.HistoryRead, run.End);
        Assert.Equal(WatchState.Ended, run.Machine.State);
    }

    [Theory]
    [InlineData(true, WatchEnd.JobEnded)]
    [InlineData(false, null)]
    internal void A_stream_may_end_with_OK_only_if_the_job_has(bool ended, WatchEnd? end)
    {
        var run = new WatchRun(after: 3).Says(Say.Subscribed(last: 3, ended: ended), Say.Replay());
        if (!ended)
        {
            run.Fails(WatchFault.EndedEarly);
        }

        Assert.Equal(end, run.End);
        Assert.Equal(ended ? [] : [WatchFault.EndedEarly], run.Closes);
    }

    [Fact]
    public void Only_OK_is_an_end_in_order()
    {
        var run = new WatchRun(after: 3, historyOnly: true).Says(Say.Subscribed(last: 4, ended: true));
        run.Fails(WatchFault.Unavailable);

        Assert.Null(run.End);
        Assert.Equal([WatchFault.Unavailable], run.Closes);
    }

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
        var run = new WatchRun { Turn = 60 * Second };
        run.Fails(WatchFault.Unavailable).Reopens();

        Assert.Equal(10 * Second, run.Now);
        Assert.Equal(new WatchAction.Read(TimeSpan.FromMilliseconds(1)), run.Settle());
        run.Passes(TimeSpan.FromMilliseconds(1));
        Assert.Equal(WatchEnd.Unavailable, run.End);
        Assert.Equal(WatchFault.Silent, Assert.IsType<WatchStep.Ended>(run.Told[^1]).Fault);
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
    public void An_event_that_can_not_be_shown_is_asked_for_once_more_and_ends_it_the_second_time()
    {
        var run = new WatchRun();
        run.Says(Say.Subscribed(last: 3));
        run.OnTold = step => Refuse(run, step, id: 2);
        run.Says(Say.Replay(Say.Events(1, 3)));

        Assert.Equal(1, run.Machine.Cursor);
        Assert.Equal([WatchFault.BadEvent(2, BadEventReason.Unreadable)], run.Closes);
        Assert.Equal(new WatchAction.OpenStream(1, "e1"), run.Reopens().Done[^1]);

        run.Says(Say.Subscribed(last: 3), Say.Replay(Say.Events(2, 3)));
        Assert.Equal(WatchEnd.BadEvent, run.End);
        Assert.Equal(1, run.Machine.Cursor);
        Assert.Equal(WatchState.Ended, run.Machine.State);
    }

    [Fact]
    public void Messages_that_bring_nothing_new_without_end_are_a_breach()
    {
        var run = Live();
        for (var i = 0; i < UselessMessages.Burst; i++)
        {
            run.Says(Say.Heartbeat());
        }

        Assert.Empty(run.Closes);
        run.Says(Say.Heartbeat());
        Assert.Equal([WatchFault.Breach(BreachedRule.UselessMessages)], run.Closes);
    }

    [Fact]
    public void A_refused_terminal_event_ends_nothing()
    {
        var run = Live();
        run.OnTold = step => Refuse(run, step, id: 1);
        run.Says(Say.Live(Say.Completed(1)));

        Assert.Null(run.End);
        Assert.Equal(0, run.Machine.Cursor);
        Assert.Equal([WatchFault.BadEvent(1, BadEventReason.Unreadable)], run.Closes);
    }

    [Fact]
    public void The_first_event_of_a_live_only_watch_can_be_refused_too()
    {
        var run = new WatchRun(after: null);
        run.OnTold = step => Refuse(run, step, id: 7);
        run.Says(Say.Live(Say.Event(7)));

        Assert.Equal(6, run.Machine.Cursor);
        Assert.Equal(WatchFault.BadEvent(7, BadEventReason.Unreadable), run.Closes.Single());
    }

    [Fact]
    public void Bad_events_at_different_places_are_different_ones()
    {
        var run = new WatchRun().Says(Say.Subscribed(last: 9), Say.Replay(hasMore: true, Say.Event(1), Say.Event(0)));
        run.Reopens().Says(Say.Subscribed(last: 9), Say.Replay(hasMore: true, Say.Event(2), Say.Event(0)));
        Assert.Null(run.End);

        run.Reopens().Says(Say.Subscribed(last: 9), Say.Replay(hasMore: true, Say.Event(0)));
        Assert.Equal(WatchEnd.BadEvent, run.End);
        Assert.Equal([1, 2], run.ToldIds);
    }

    [Fact]
    public void What_the_client_has_already_is_counted()
    {
        var run = new WatchRun(after: 2).Says(Say.Subscribed(last: 4), Say.Replay(Say.Events(1, 4)), Say.Live(Say.Event(4)));
        run.Says(Say.Heartbeat(), Say.Live(Say.Event(5)));

        Assert.Equal([2, 1], run.Done.OfType<WatchAction.CountDropped>().Select(dropped => dropped.Count));
    }

    [Fact]
    public void Each_confirmation_is_noted_once_with_the_position_it_goes_on_from()
    {
        var run = new WatchRun(after: null).Says(Say.Subscribed(last: 4), Say.Live(Say.Event(5)), Say.Subscribed(last: 9));
        run.Fails(WatchFault.Unavailable).Reopens().Says(Say.Live(Say.Event(6)), Say.Subscribed(last: 6));

        Assert.Equal([null, 5], run.Done.OfType<WatchAction.NoteConfirmed>().Select(noted => noted.Cursor));
    }

    [Fact]
    public void Progress_is_noted_at_the_opening_and_with_each_new_event_but_not_for_what_is_no_news()
    {
        var run = new WatchRun().Says(Say.Subscribed(last: 1));
        Assert.Single(run.Done.OfType<WatchAction.NoteProgress>());
        run.Says(Say.Replay(Say.Event(1)));
        Assert.Equal(2, run.Done.OfType<WatchAction.NoteProgress>().Count());
        run.Says(Say.Live(Say.Event(1)), Say.Heartbeat());
        Assert.Equal(2, run.Done.OfType<WatchAction.NoteProgress>().Count());
    }

    [Fact]
    public void An_opening_that_took_several_attempts_is_no_progress_until_the_outage_is_over()
    {
        var run = new WatchRun().Fails(WatchFault.Unavailable).Reopens().Says(Say.Subscribed(last: 1));
        Assert.Empty(run.Done.OfType<WatchAction.NoteProgress>());

        run.Passes(10 * Second);
        Assert.Single(run.Done.OfType<WatchAction.NoteProgress>());
        Assert.Null(run.Machine.OutageSince);
    }

    private static WatchRun Live() => new WatchRun(after: 0).Says(Say.Subscribed(last: 0), Say.Replay());

    private static void Refuse(WatchRun run, WatchStep step, long id)
    {
        var events = step switch
        {
            WatchStep.Live live => [live.Event],
            WatchStep.History history => history.Events,
            _ => [],
        };
        if (events.Any(e => e.Id == id))
        {
            run.Machine.Refuse(step, events.First(e => e.Id == id), BadEventReason.Unreadable);
        }
    }
}
