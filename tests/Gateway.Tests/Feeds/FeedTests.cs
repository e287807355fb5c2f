using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Tests.Feeds;

/// <summary>The rules of docs/architecture.md, "Feeds", that need no backend. The others are in the integration tests.</summary>
public sealed class FeedTests
{
    [Fact]
    public void An_older_event_has_waited_for_a_viewer_since_it_came_and_no_longer()
    {
        using var run = new FeedRun();
        run.Found(0);
        run.Append(1);
        run.Append(2);

        var seat = run.Feed.TryJoin(new Viewer(), new SeatRequest(0, "e1", IsOpen: false) { At = 50 })!;

        Assert.Equal(50, seat.View.OldestReadAt);
        Assert.True(seat.TryTake(out var replay));
        Assert.Equal((2, 50L), (replay.Facts.Events, replay.Facts.ReadAt));
        replay.Return();
    }

    [Fact]
    public void Contiguous_an_event_is_appended_only_if_none_is_missing_before_it()
    {
        using var run = new FeedRun(after: 5);
        var viewer = run.Found(5);

        Assert.False(run.Append(9, previousId: 7));
        Assert.False(run.Append(5, previousId: 4));
        Assert.True(run.Append(9, previousId: 5));
        Assert.True(run.Append(12));
        Assert.False(run.Append(20, previousId: 13));

        run.Feed.Wake();
        Assert.Equal([9L, 12L], viewer.TakeAll().Ids);
    }

    [Theory]
    [InlineData(4L, "e1", false)]
    [InlineData(5L, "e1", true)]
    [InlineData(7L, "e1", true)]
    [InlineData(9L, "e1", true)]
    [InlineData(10L, "e1", false)]
    [InlineData(9L, "", true)]
    [InlineData(9L, "e2", false)]
    [InlineData(null, "e1", true)]
    public void A_join_needs_the_floor_at_or_below_the_cursor_and_the_same_epoch(long? cursor, string epoch, bool joins)
    {
        using var run = new FeedRun(after: 5);
        run.Found(5);
        run.Append(7, previousId: 5);
        run.Append(9, previousId: 7);

        Assert.Equal(joins, run.Join(cursor, epoch) is not null);
    }

    [Fact]
    public async Task A_join_is_judged_under_the_lock_that_appends()
    {
        using var run = new FeedRun();
        run.Found(0);
        var isDone = false;
        var appending = Task.Run(
            () =>
            {
                for (var id = 1; !Volatile.Read(ref isDone); id++)
                {
                    run.Append(id);
                }
            },
            TestContext.Current.CancellationToken
        );

        for (var i = 0; i < 5_000; i++)
        {
            var viewer = run.Join(null)!;
            Assert.Equal(viewer.Seat.HeadAtJoin, viewer.Seat.Cursor);
            viewer.Unsubscribe();
        }

        Volatile.Write(ref isDone, true);
        await appending;
    }

    [Fact]
    public void A_log_without_an_epoch_is_shared_by_callers_with_any()
    {
        using var run = new FeedRun(epoch: "", after: 5);
        run.Found(5);

        Assert.NotNull(run.Join(5, "e7"));
    }

    [Fact]
    public void A_new_viewer_gets_what_is_there_as_history_and_what_follows_as_events()
    {
        using var run = new FeedRun(after: 5);
        run.Found(5);
        run.Append(7);
        run.Append(9);
        var behind = run.Join(6)!.TakeAll();
        var current = run.Join(9)!.TakeAll();
        var live = run.Join(null)!.TakeAll();
        run.Append(11);
        run.Feed.Wake();

        Assert.Equal(["replay last", "event"], behind.TakeAll().Kinds);
        Assert.Equal([7L, 9L, 11L], behind.Ids);
        Assert.Equal(["replay last", "event"], current.TakeAll().Kinds);
        Assert.Equal([11L], current.Ids);
        Assert.Equal(["event"], live.TakeAll().Kinds);
        Assert.Equal([11L], live.Ids);
    }

    [Fact]
    public void A_long_history_comes_in_messages_of_at_most_256_KiB_of_which_the_last_says_so()
    {
        using var run = new FeedRun(after: 0);
        run.Found(0);
        for (var id = 1; id <= 6; id++)
        {
            run.Append(id, padding: 100_000);
        }

        var viewer = run.Join(0)!.TakeAll();

        Assert.Equal(["replay more", "replay more", "replay last"], viewer.Kinds);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], viewer.Ids);
    }

    [Fact]
    public void A_take_yields_only_what_follows_the_cursor_and_who_lacks_an_event_before_it_has_fallen()
    {
        using var run = new FeedRun(after: 5);
        var viewer = run.Found(3);
        run.Append(7, previousId: 5);
        run.Feed.Wake();

        Assert.IsType<SeatEnd.Alone>(viewer.TakeAll().Lost);
        Assert.Empty(viewer.Ids);
    }

    [Fact]
    public void An_empty_ring_and_a_cursor_that_is_not_its_head_are_no_join()
    {
        using var run = new FeedRun(after: 5);
        run.Found(5);

        Assert.Null(run.Join(4));
        Assert.Null(run.Join(6));
        Assert.NotNull(run.Join(5));
    }

    [Fact]
    public void A_viewer_that_is_ahead_of_the_feed_waits_for_it_if_both_know_the_epoch()
    {
        using var run = new FeedRun(after: 5);
        run.Found(5);
        var ahead = run.Join(8, isOpen: true)!.TakeAll();
        run.Append(7);
        run.Append(8);
        run.Append(9);
        run.Feed.Wake();

        Assert.Equal([9L], ahead.TakeAll().Ids);
        Assert.Null(run.Join(12, epoch: "", isOpen: true));
        Assert.Null(run.Join(12));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(200_000)]
    public void Ring_bytes_are_at_most_the_bound_and_one_entry(int eventBytes)
    {
        const int Bound = 128 * 1024;
        using var run = new FeedRun(ringBytes: Bound);
        var viewer = run.Found(0);
        for (var id = 1; id <= 100; id++)
        {
            run.Append(id, padding: eventBytes);
            run.Feed.Wake();
            viewer.TakeAll();

            // A pooled array is up to twice as long as what it was rented for, and the last one may have room left.
            Assert.InRange(run.Memory.Bytes, 0, Bound + (2 * Math.Max(eventBytes, 32 * 1024)) + 1024);
        }

        viewer.Unsubscribe();
        Assert.Equal(0, run.Memory.Bytes);
    }

    [Fact]
    public void While_all_rings_together_are_too_large_a_feed_holds_only_what_a_viewer_is_still_to_be_sent()
    {
        using var run = new FeedRun(memory: 0);
        var viewer = run.Found(0);
        for (var id = 1; id <= 1_000; id++)
        {
            run.Append(id, padding: 1_000);
        }

        Assert.Equal(1_000, run.Ring.Count);
        run.Feed.Wake();
        viewer.TakeAll();
        run.Append(1_001);

        Assert.InRange(run.Ring.Count, 1, 40);
        run.Feed.Wake();
        Assert.Equal(1_001, viewer.TakeAll().Ids.Count);
    }

    [Fact]
    public void Nothing_waits_for_a_viewer_while_another_reads()
    {
        using var run = new FeedRun(ringBytes: 64 * 1024, unsentBytes: 32 * 1024);
        var reader = run.Found(0);
        var stuck = run.Join(0)!;
        for (var id = 1; id <= 500; id++)
        {
            run.Append(id, padding: 1_000);
            run.Feed.Wake();
            reader.TakeAll();
            Assert.True(run.Feed.WaitForRoom().IsCompleted);
        }

        Assert.Equal(500, reader.Ids.Count);
        Assert.IsType<SeatEnd.Alone>(stuck.TakeAll().Lost);
        Assert.Equal(0, stuck.Seat.Cursor);
    }

    [Fact]
    public void The_stream_is_held_back_until_the_furthest_viewer_has_room()
    {
        using var run = new FeedRun(unsentBytes: 8 * 1024);
        var first = run.Found(0);
        var second = run.Join(0)!;
        for (var id = 1; id <= 12; id++)
        {
            run.Append(id, padding: 1_000);
        }

        run.Feed.Wake();
        var room = run.Feed.WaitForRoom();
        Assert.False(room.IsCompleted);
        while (!room.IsCompleted)
        {
            Assert.True(second.Take());
        }

        Assert.InRange(second.Ids.Count, 1, 12);
        Assert.Empty(first.Ids);
    }

    [Fact]
    public void A_stream_that_is_held_back_goes_on_for_a_viewer_that_comes()
    {
        using var run = new FeedRun(unsentBytes: 8 * 1024);
        run.Found(0);
        for (var id = 1; id <= 12; id++)
        {
            run.Append(id, padding: 1_000);
        }

        var room = run.Feed.WaitForRoom();
        Assert.False(room.IsCompleted);
        run.Join(null);

        Assert.True(room.IsCompleted);
    }

    [Fact]
    public void Older_events_that_a_viewer_brings_along_let_others_join()
    {
        using var run = new FeedRun(after: 10);
        var seated = run.Found(10);
        run.Append(14);
        Assert.Null(run.Join(3));

        run.Extend(3, 4, 8, 10, 14);
        run.Feed.Wake();

        Assert.Equal([4L, 8L, 10L, 14L], run.Join(3)!.TakeAll().Ids);
        Assert.Equal([8L, 10L, 14L], run.Join(5)!.TakeAll().Ids);
        Assert.Null(run.Join(2));
        Assert.Equal([14L], seated.TakeAll().Ids);
        Assert.InRange(run.Feed.View.SlowestBytes, 0, 200);
    }

    [Theory]
    [InlineData(3L, new long[] { 4, 8 })]
    [InlineData(10L, new long[] { 14 })]
    [InlineData(12L, new long[] { 14 })]
    public void Older_events_that_don_t_lead_up_to_the_ring_change_nothing(long after, long[] ids)
    {
        using var run = new FeedRun(after: 10);
        run.Found(10);
        run.Append(14);

        run.Extend(after, ids);

        Assert.Equal((10L, 1), (run.Ring.Floor, run.Ring.Count));
    }

    [Fact]
    public void Older_events_are_taken_only_if_there_is_room()
    {
        using var run = new FeedRun(after: 10, ringBytes: 100);
        run.Found(10);

        run.Extend(3, 4, 8, 10);

        Assert.Equal((10L, 0), (run.Ring.Floor, run.Ring.Count));
    }

    [Fact]
    public void A_viewer_that_is_ahead_of_the_end_asks_the_backend_itself()
    {
        using var run = new FeedRun(after: 5);
        var seated = run.Found(5);
        var ahead = run.Join(8, isOpen: true)!;
        run.Feed.Close(new SeatEnd.Ended(new WatchStep.Ended(WatchEnd.CursorAhead)), readAt: 1);

        Assert.IsType<SeatEnd.Ended>(seated.TakeAll().Lost);
        Assert.IsType<SeatEnd.Alone>(ahead.TakeAll().Lost);
    }

    [Fact]
    public void Nothing_follows_the_end()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Append(1);
        run.Feed.Close(new SeatEnd.Ended(new WatchStep.Ended(WatchEnd.JobEnded)), readAt: 1);

        Assert.Null(run.Join(1));
        Assert.Null(run.Join(null));
        Assert.Equal([1L], viewer.TakeAll().Ids);
        Assert.Equal(WatchEnd.JobEnded, Assert.IsType<SeatEnd.Ended>(viewer.Lost).Step.Reason);
        Assert.False(viewer.Take());
    }

    [Fact]
    public void After_unsubscribe_nothing_of_the_old_seat_follows()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Append(1);
        run.Append(2);
        run.Feed.Wake();
        Assert.True(viewer.Take());

        viewer.Unsubscribe();
        run.Append(3);
        run.Feed.Wake();

        Assert.Equal([1L], viewer.TakeAll().Ids);
        Assert.True(run.Feed.Empty.IsCompleted);
        Assert.True(run.Feed.IsOver);
        Assert.Null(run.Join(2));
    }

    [Fact]
    public void A_feed_without_viewers_takes_no_memory_whatever_its_stream_still_says()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Append(1);
        viewer.Unsubscribe();

        Assert.False(run.Append(2));
        run.Feed.AppendBatchEnd(hasMore: false, readAt: 2);
        run.Feed.AppendOutage(readAt: 2);
        run.Feed.Close(new SeatEnd.Alone(), readAt: 3);
        run.Feed.Trim(sharedBefore: 1, aloneBefore: 1);

        Assert.Equal(0, run.Memory.Bytes);
    }

    [Fact]
    public void An_outage_and_its_end_are_told_once_to_those_who_were_there()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Append(1);
        run.Feed.AppendOutage(readAt: 1);
        run.Feed.Wake();
        Assert.Null(run.Join(1));

        run.Append(2, kind: RingEntryKind.History);
        run.Append(3, kind: RingEntryKind.History);
        run.Feed.AppendBatchEnd(hasMore: false, readAt: 3);
        run.Feed.Wake();
        var late = run.Join(1)!;

        Assert.Equal(["event", "error", "replay last"], viewer.TakeAll().Kinds);
        Assert.Equal([1L, 2L, 3L], viewer.Ids);
        Assert.Equal(["replay last"], late.TakeAll().Kinds);
        Assert.Equal([2L, 3L], late.Ids);
    }

    [Fact]
    public void An_outage_without_news_ends_with_an_empty_replay()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Feed.AppendOutage(readAt: 1);
        run.Feed.AppendBatchEnd(hasMore: false, readAt: 2);
        run.Feed.Wake();

        Assert.Equal(["error", "replay last"], viewer.TakeAll().Kinds);
    }

    [Fact]
    public void A_feed_whose_watch_is_not_known_to_be_well_grants_no_seat()
    {
        using var run = new FeedRun();
        run.Found(0);
        run.IsSound = false;

        Assert.Null(run.Join(0));
    }

    [Fact]
    public void A_viewer_that_is_sent_away_gets_what_is_there_and_no_more()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Append(1);
        viewer.Seat.CloseWhenDrained();
        run.Append(2);
        run.Feed.Wake();

        Assert.Equal([1L], viewer.TakeAll().Ids);
    }

    [Fact]
    public void A_log_that_may_have_been_cut_before_its_first_event_grants_no_seat_below_that()
    {
        using var run = new FeedRun(after: 0);
        run.Found(0);
        run.Append(50);

        Assert.Null(run.Join(0));
        Assert.Null(run.Join(3));
        Assert.NotNull(run.Join(49));
    }

    [Fact]
    public void Events_that_every_viewer_has_are_dropped_when_they_are_old()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        for (var id = 1; id <= 10; id++)
        {
            run.Append(id);
        }

        run.Feed.Trim(sharedBefore: 100, aloneBefore: 100);
        Assert.Equal(10, run.Ring.Count);
        run.Feed.Wake();
        viewer.TakeAll();
        run.Feed.Trim(sharedBefore: 8, aloneBefore: 8);
        Assert.Equal((7L, 10L), (run.Ring.Floor, run.Ring.Head));
        run.Feed.Trim(sharedBefore: 100, aloneBefore: 100);

        Assert.Equal(0, run.Memory.Bytes);
        Assert.Equal(10, run.Ring.Floor);
    }

    [Fact]
    public void Where_there_is_one_viewer_events_are_old_sooner()
    {
        using var run = new FeedRun();
        var first = run.Found(0);
        run.Append(1);
        run.Append(2);
        var second = run.Join(2)!;
        run.Feed.Wake();
        first.TakeAll();
        second.TakeAll();

        run.Feed.Trim(sharedBefore: 1, aloneBefore: 100);
        Assert.Equal(2, run.Ring.Count);
        second.Unsubscribe();
        run.Feed.Trim(sharedBefore: 1, aloneBefore: 100);

        Assert.Equal(0, run.Ring.Count);
    }

    [Fact]
    public void Operators_see_how_far_the_slowest_viewer_is_behind()
    {
        using var run = new FeedRun();
        var viewer = run.Found(0);
        run.Join(0);
        run.Append(1, padding: 1_000);
        run.Feed.Wake();
        viewer.TakeAll();

        Assert.Equal((2, 0L, 1L), (run.Feed.View.Viewers, run.Feed.View.Floor, run.Feed.View.Head));
        Assert.InRange(run.Feed.View.SlowestBytes, 1_000, 1_200);
        Assert.Equal((0, 1L), (viewer.Lane.QueuedBytes, viewer.Lane.QueuedEventId));
    }
}
