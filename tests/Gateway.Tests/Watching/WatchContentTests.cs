using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>The rules about the content of a stream, as the machine applies them: PROTOCOL.md sections 8 and 9.</summary>
public sealed class WatchContentTests
{
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
    public void A_log_that_is_cut_short_may_be_read_from_its_start_but_not_gone_on_with()
    {
        var run = new WatchRun(after: 0).Says(Say.Subscribed(last: 9, earliest: 5), Say.Replay(hasMore: true, Say.Event(5, previous: 4)));
        Assert.Equal([5], run.ToldIds);

        var moved = new WatchRun(after: 0).Says(Say.Subscribed(last: 0), Say.Replay()).Fails(WatchFault.Unavailable).Reopens();
        moved.Says(Say.Subscribed(last: 9, earliest: 5));
        Assert.Equal(WatchEnd.HistoryTruncated, moved.End);
    }

    [Fact]
    public void A_stream_that_does_not_say_that_its_log_is_cut_short_must_have_all_of_it()
    {
        var run = new WatchRun(after: 0).Says(Say.Subscribed(last: 9, earliest: 5)).Fails(WatchFault.Unavailable).Reopens();
        run.Says(Say.Subscribed(last: 9), Say.Replay(hasMore: true, Say.Event(5, previous: 4)));

        Assert.Empty(run.ToldIds);
        Assert.Equal(WatchFault.Breach(BreachedRule.Gap), run.Closes.Last());
    }

    [Fact]
    public void A_live_event_between_two_batches_of_history_is_a_breach_even_where_none_was_announced()
    {
        var run = new WatchRun(after: 0).Says(Say.Subscribed(last: null), Say.Replay(hasMore: true, Say.Event(1)), Say.Live(Say.Event(2)));

        Assert.Equal([1], run.ToldIds);
        Assert.Equal(WatchFault.Breach(BreachedRule.LiveBeforeHistory), run.Closes.Single());
    }

    [Theory]
    [InlineData(-1L, null)]
    [InlineData(1L << 53, null)]
    [InlineData(5L, -1L)]
    [InlineData(5L, 1L << 53)]
    [InlineData(null, null)]
    public void A_log_whose_ids_no_cursor_can_name_or_that_does_not_say_where_now_is_is_refused(long? last, long? earliest)
    {
        var run = new WatchRun(after: null).Says(Say.Subscribed(last: last, earliest: earliest));

        Assert.Equal(WatchEnd.BackendError, run.End);
    }

    [Fact]
    public void A_log_that_ends_before_the_cursor_is_out_of_range_and_one_of_another_epoch_is_another_log()
    {
        var ahead = new WatchRun(after: 5).Says(Say.Subscribed(last: 4));
        Assert.Equal(new WatchFault(WatchFaultKind.OutOfRange, null, 4), ahead.Closes.Single());

        var other = new WatchRun(after: 5, epoch: "e0").Says(Say.Subscribed(last: 9, epoch: "e1"));
        Assert.Equal(WatchEnd.EpochChanged, other.End);
    }

    [Fact]
    public void A_live_only_watch_can_not_start_at_an_event_that_does_not_say_where_it_is()
    {
        var replay = new WatchRun(after: null).Says(Say.Replay(), Say.Replay(Say.Event(0)));
        Assert.Equal(WatchFault.BadEvent(0, BadEventReason.IdOutOfRange), replay.Closes.Single());

        var live = new WatchRun(after: null).Says(Say.Live(Say.Event(0)));
        Assert.Equal(WatchFault.BadEvent(0, BadEventReason.IdOutOfRange), live.Closes.Single());
        Assert.Null(live.Machine.Cursor);
    }

    [Fact]
    public void A_live_event_in_a_one_off_replay_is_a_breach_and_an_unknown_message_is_nothing()
    {
        var run = new WatchRun(historyOnly: true).Says(Say.Subscribed(last: 3), new(), Say.Live(Say.Event(1)));

        Assert.Equal(WatchFault.Breach(BreachedRule.LiveInHistoryOnly), run.Closes.Single());
    }

    [Fact]
    public void A_message_that_does_not_parse_is_a_bad_event_without_an_id()
    {
        var run = new WatchRun().Receive(new WatchRead(WatchMessage.Read(new([0xFF])), null));

        Assert.Equal(WatchFault.BadEvent(0, BadEventReason.Unreadable), run.Closes.Single());
    }

    [Fact]
    public void A_batch_ends_with_its_terminal_event_and_what_follows_it_is_counted()
    {
        var run = new WatchRun().Says(Say.Subscribed(last: 1), Say.Replay(hasMore: true, Say.Completed(1), Say.Event(2), Say.Event(3)));

        Assert.Equal([1], run.ToldIds);
        Assert.Equal(WatchEnd.JobEnded, run.End);
        Assert.False(run.Told.OfType<WatchStep.History>().Single().HasMore);
        Assert.Equal(2, run.Done.OfType<WatchAction.CountDropped>().Single().Count);
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
