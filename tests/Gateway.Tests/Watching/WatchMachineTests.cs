using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>The transitions of <see cref="WatchState"/>, and the duties of each state.</summary>
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
        var run = new WatchRun(after: 0).Says(Say.Subscribed(last: 2, epoch: "e7"), Say.Replay(Say.Events(1, 2)));
        run.Turn = 2 * Second;
        run.Fails(WatchFault.Unavailable);

        Assert.Equal(new WatchAction.Wait(0.3 * Second), run.Settle());
        run.Passes(0.3 * Second);
        Assert.IsType<WatchAction.Close>(run.Done[^1]);
        Assert.Equal(new WatchAction.Wait(2 * Second), run.Settle());
        run.Passes(2 * Second);

        Assert.Equal(new WatchAction.OpenStream(2, "e7"), run.Done[^1]);
        Assert.Equal(WatchState.Opening, run.Machine.State);
    }

    [Fact]
    public void The_first_stream_waits_for_its_turn_too()
    {
        var run = new WatchRun { Turn = 5 * Second };

        Assert.Equal(new WatchAction.Wait(5 * Second), run.Settle());
        run.Passes(5 * Second);
        Assert.Equal([new WatchAction.OpenStream(0, "")], run.Done);
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
        var run = new WatchRun(after: null, historyOnly: true).Says(Say.Subscribed(last: 3, ended: true)).Fails(WatchFault.Unavailable);
        Assert.Null(run.End);
        Assert.Equal([WatchFault.Unavailable], run.Closes);

        var ended = new WatchRun(after: null, historyOnly: true).Says(Say.Subscribed(last: 3, ended: true)).Fails(WatchFault.EndedEarly);
        Assert.Equal(WatchEnd.JobEnded, ended.End);
    }

    [Fact]
    public void After_the_end_time_brings_nothing()
    {
        var run = Live().Fails(new WatchFault(WatchFaultKind.Forbidden));
        var told = run.Told.Count;

        run.Passes(100 * Second);

        Assert.Equal(told, run.Told.Count);
        Assert.IsType<WatchAction.End>(run.Settle());
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
}
