using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>Silence, outage, progress: PROTOCOL.md section 9.</summary>
public sealed class OutageTests
{
    [Fact]
    public void An_outage_is_announced_once_when_it_is_three_seconds_old()
    {
        var run = Live().Fails(WatchFault.Unavailable);
        run.Turn = 60 * Second;
        Assert.Equal(TimeSpan.Zero, run.Machine.OutageSince);
        run.Passes(0.3 * Second);
        Assert.Equal(new WatchAction.Wait(2.7 * Second), run.Settle());
        run.Passes(2.6 * Second);
        Assert.Empty(Notices(run));

        run.Passes(0.1 * Second);
        Assert.Single(Notices(run));
        run.Passes(20 * Second);
        Assert.Single(Notices(run));
        Assert.Equal(WatchState.Waiting, run.Machine.State);
    }

    [Fact]
    public void It_is_announced_while_a_stream_is_opening_too()
    {
        var run = Live().Fails(WatchFault.Unavailable).Reopens();
        var read = Assert.IsType<WatchAction.Read>(run.Settle());

        Assert.Equal(3 * Second, run.Now + read.Within);
        run.Passes(3 * Second);
        Assert.Single(Notices(run));
        Assert.Equal(WatchState.Opening, run.Machine.State);
        Assert.Equal(10 * Second, run.Now + Assert.IsType<WatchAction.Read>(run.Settle()).Within - (0.3 * Second));
    }

    [Fact]
    public void An_outage_whose_stream_was_reopened_in_time_and_stands_is_not_announced()
    {
        var run = Live().Fails(WatchFault.Unavailable).Reopens().Says(Say.Subscribed(last: 0), Say.Replay());

        run.Passes(9.9 * Second);
        Assert.NotNull(run.Machine.OutageSince);
        run.Passes(0.1 * Second);

        Assert.Null(run.Machine.OutageSince);
        Assert.Equal(Told(typeof(WatchStep.Opened), typeof(WatchStep.History)), run.Told.Select(s => s.GetType()));
    }

    [Fact]
    public void A_backend_that_accepts_and_fails_in_a_loop_is_one_outage()
    {
        var run = Live();
        for (var i = 0; i < 8; i++)
        {
            run.Fails(WatchFault.Unavailable).Reopens().Says(Say.Subscribed(last: 0), Say.Replay()).Passes(5 * Second);
        }

        Assert.Single(Notices(run));
        Assert.Equal(TimeSpan.Zero, run.Machine.OutageSince);
    }

    [Fact]
    public void An_announced_outage_that_ends_without_an_event_ends_with_an_empty_replay_once_the_stream_is_proven()
    {
        var run = Announced().Says(Say.Subscribed(last: 0), Say.Replay()).Passes(9.9 * Second);
        Assert.IsType<WatchStep.Outage>(run.Told[^1]);

        run.Passes(0.1 * Second);
        AssertAllClear(run, hasMore: false);
        run.Passes(30 * Second);
        AssertAllClear(run, hasMore: false);
    }

    [Fact]
    public void It_does_so_even_if_the_backend_never_sends_the_last_replay()
    {
        var run = Announced().Says(Say.Subscribed(last: 0)).Passes(10 * Second);

        AssertAllClear(run, hasMore: false);
        run.Says(Say.Replay());
        AssertAllClear(run, hasMore: false);
    }

    [Fact]
    public void The_all_clear_does_not_pretend_that_history_is_at_its_end()
    {
        var run = new WatchRun().Says(Say.Subscribed(last: 2), Say.Replay(hasMore: true, Say.Event(1))).Fails(WatchFault.Unavailable);
        run.Passes(3.5 * Second).Reopens().Says(Say.Subscribed(last: 2)).Passes(10 * Second);

        AssertAllClear(run, hasMore: true);
        run.Says(Say.Replay(Say.Event(2)));
        Assert.Equal([1, 2], run.ToldIds);
        Assert.False(Assert.IsType<WatchStep.History>(run.Told[^1]).HasMore);
    }

    [Fact]
    public void A_heartbeat_of_a_proven_stream_ends_it_and_one_before_does_not()
    {
        var run = Announced().Says(Say.Subscribed(last: 0), Say.Replay()).Passes(9.9 * Second).Says(Say.Heartbeat());
        Assert.IsType<WatchStep.Outage>(run.Told[^1]);

        run.Passes(0.1 * Second).Says(Say.Heartbeat());
        AssertAllClear(run, hasMore: false);
    }

    [Fact]
    public void An_event_ends_it_by_itself()
    {
        var run = Announced().Says(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)));

        Assert.Null(run.Machine.OutageSince);
        run.Passes(30 * Second);
        Assert.IsType<WatchStep.History>(run.Told[^1]);
        Assert.Single(run.Told.OfType<WatchStep.History>(), h => h.Events.Count > 0);
        Assert.Equal([1], run.ToldIds);
        Assert.Equal(4, run.Told.Count);
    }

    [Fact]
    public void A_last_replay_that_was_owed_is_passed_on_at_once_and_says_that_all_is_well()
    {
        var run = new WatchRun().Says(Say.Subscribed(last: 0), Say.Replay(hasMore: true, Say.Event(1))).Fails(WatchFault.Unavailable);
        run.Passes(3.5 * Second).Reopens().Says(Say.Subscribed(last: 1), Say.Replay());
        AssertAllClear(run, hasMore: false);

        run.Passes(20 * Second);
        AssertAllClear(run, hasMore: false);
    }

    [Fact]
    public void Where_a_stream_breaks_in_the_moment_it_is_proven_the_client_hears_the_end_of_one_outage_and_later_of_the_next()
    {
        var run = Announced().Says(Say.Subscribed(last: 0), Say.Replay()).Passes(9.9 * Second);
        Assert.Equal(new WatchAction.Read(0.1 * Second), Rounded(run.Settle()));
        Later(run, 0.1 * Second, WatchFault.Unavailable);
        AssertAllClear(run, hasMore: false);
        Assert.Equal(run.Now, run.Machine.OutageSince);

        run.Turn = 60 * Second;
        run.Passes(3 * Second);
        Assert.Equal(2, Notices(run).Count());
    }

    [Fact]
    public void Silence_ends_with_the_next_confirmation_and_is_no_news()
    {
        var run = Live().Passes(60 * Second);
        Assert.NotNull(run.Machine.OutageSince);
        run.Reopens().Says(Say.Subscribed(last: 0));

        Assert.Null(run.Machine.OutageSince);
        Assert.Empty(Notices(run));
    }

    [Fact]
    public void Silence_that_was_announced_ends_like_any_other_outage()
    {
        var run = Live().Passes(64 * Second);
        Assert.Single(Notices(run));
        run.Reopens().Says(Say.Subscribed(last: 0), Say.Replay());
        Assert.NotNull(run.Machine.OutageSince);

        run.Passes(10 * Second);
        AssertAllClear(run, hasMore: false);
    }

    [Fact]
    public void A_fault_after_silence_is_an_outage_of_its_own_kind()
    {
        var run = Live().Passes(60 * Second).Reopens().Fails(WatchFault.Unavailable).Reopens().Says(Say.Subscribed(last: 0));

        Assert.NotNull(run.Machine.OutageSince);
    }

    [Fact]
    public void Silence_within_an_outage_does_not_make_it_a_silence()
    {
        var run = Live().Fails(WatchFault.Unavailable).Reopens();
        run.Says(Say.Subscribed(last: 0)).Fails(WatchFault.Silent).Reopens().Says(Say.Subscribed(last: 0));

        Assert.NotNull(run.Machine.OutageSince);
    }

    [Fact]
    public void Silence_of_a_stream_that_was_never_confirmed_is_more_than_silence()
    {
        var run = Live();
        run.Machine.LetGo();
        run.Reopens().Fails(WatchFault.Silent).Reopens().Says(Say.Subscribed(last: 0));

        Assert.NotNull(run.Machine.OutageSince);
    }

    [Fact]
    public void An_outage_that_is_due_as_the_watch_ends_is_not_announced()
    {
        var run = Live().Fails(WatchFault.Unavailable).Reopens();
        Later(run, 5 * Second, new WatchFault(WatchFaultKind.Forbidden));

        Assert.Empty(Notices(run));
        Assert.Equal(WatchEnd.Forbidden, run.End);
        Assert.IsType<WatchStep.Ended>(run.Told[^1]);
    }

    [Fact]
    public void The_client_hears_of_no_outage_before_it_has_an_answer()
    {
        var run = new WatchRun();
        run.Turn = 5 * Second;
        run.Reopens().Fails(WatchFault.Unavailable).Passes(9 * Second);

        Assert.Empty(run.Told);
    }

    [Fact]
    public void A_one_off_replay_hears_of_no_outage()
    {
        var run = new WatchRun(historyOnly: true) { Turn = 5 * Second };
        run.Reopens().Says(Say.Subscribed(last: 3)).Fails(WatchFault.Unavailable).Passes(8 * Second);

        Assert.Empty(Notices(run));
    }

    [Fact]
    public void A_refused_event_does_not_end_an_announced_outage()
    {
        var run = Announced().Says(Say.Subscribed(last: 1));
        run.OnTold = step =>
        {
            if (step is WatchStep.History { Events: [var only] })
            {
                run.Machine.Refuse(step, only, BadEventReason.Unreadable);
            }
        };
        run.Says(Say.Replay(Say.Event(1)));
        run.OnTold = null;
        Assert.Equal([WatchFault.Unavailable, WatchFault.BadEvent(1, BadEventReason.Unreadable)], run.Closes);
        run.Told.RemoveAt(run.Told.Count - 1);
        run.Reopens().Says(Say.Subscribed(last: 0)).Passes(10 * Second);

        AssertAllClear(run, hasMore: true);
    }

    [Fact]
    public void A_read_in_an_outage_ends_when_there_is_news_and_goes_on_as_the_same_read()
    {
        var run = Live().Fails(WatchFault.Unavailable).Reopens().Says(Say.Subscribed(last: 0), Say.Replay());
        Assert.Equal(new WatchAction.Read(10 * Second), run.Settle());

        run.Passes(10 * Second);
        Assert.Equal(new WatchAction.Read(50 * Second), run.Settle());
    }

    private static WatchRun Live() => new WatchRun(after: 0).Says(Say.Subscribed(last: 0), Say.Replay());

    /// <summary>A watch that was told that its backend is away, and whose next stream is opening.</summary>
    private static WatchRun Announced()
    {
        var run = Live().Fails(WatchFault.Unavailable);
        run.Turn = 4 * Second;
        run.Reopens();
        run.Turn = TimeSpan.Zero;
        Assert.Single(Notices(run));
        return run;
    }

    private static void Later(WatchRun run, TimeSpan time, WatchFault fault)
    {
        run.Settle();
        run.Skip(time);
        run.Machine.Received(run.Now, new WatchRead(null, fault));
        run.Settle();
    }

    private static WatchAction Rounded(WatchAction action) =>
        action is WatchAction.Read read
            ? new WatchAction.Read(TimeSpan.FromMilliseconds(Math.Round(read.Within.TotalMilliseconds)))
            : action;

    private static IEnumerable<WatchStep.Outage> Notices(WatchRun run) => run.Told.OfType<WatchStep.Outage>();

    private static Type[] Told(params Type[] types) => types;

    private static void AssertAllClear(WatchRun run, bool hasMore)
    {
        var told = Assert.IsType<WatchStep.History>(run.Told[^1]);
        Assert.Empty(told.Events);
        Assert.Equal(hasMore, told.HasMore);
        Assert.IsType<WatchStep.Outage>(run.Told[^2]);
    }
}
