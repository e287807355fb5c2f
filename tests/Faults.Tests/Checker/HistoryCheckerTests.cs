using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Tests.Checker;

/// <summary>A checker that finds nothing proves nothing: each way to spoil a run is found, and for that reason.</summary>
public sealed class HistoryCheckerTests
{
    private readonly SmallRun run = new();

    [Fact]
    public void A_clean_run_breaks_nothing_and_each_event_counts_once_though_two_clients_got_it()
    {
        var verdict = run.Check();
        Assert.Empty(verdict.Breaches);
        Assert.Equal(25, verdict.DistinctEvents);
        Assert.Equal((0, 0), (verdict.Lost, verdict.Repeated));
    }

    [Fact]
    public void An_event_that_one_client_alone_got_doesnt_count()
    {
        run.Histories.Remove(SmallRun.Second);
        Assert.Equal(0, run.Check().DistinctEvents);
    }

    [Fact]
    public void A_skipped_event_is_a_gap()
    {
        run.Lines.RemoveAt(run.LineOf(17));
        Assert.Equal(1, Only(Invariant.Reliable).Lost);
    }

    [Fact]
    public void Events_skipped_over_a_reconnect_are_a_gap()
    {
        var replay = run.Lines.FindLastIndex(line => line.What == HistoryKind.Replay);
        run.Lines[replay] = SmallRun.Events(HistoryKind.Replay, SmallRun.Endless, 13, 14) with
        {
            Client = SmallRun.First,
            On = 2,
            At = run.Lines[replay].At,
        };
        Assert.Equal(1, Only(Invariant.Reliable).Lost);
    }

    /// <summary>Whoever reads by HTTP isn't told where the log begins, but takes its first event for that.</summary>
    [Fact]
    public void A_log_that_is_given_from_a_later_event_on_is_a_gap()
    {
        var subscribed = run.LineOf(HistoryKind.Subscribed, SmallRun.Endless);
        Spoil(subscribed, line => line with { Earliest = 3 });
        run.Lines[subscribed + 1] = SmallRun.Events(HistoryKind.Replay, SmallRun.Endless, 3, 8) with { Client = SmallRun.First, On = 1 };
        Assert.Equal(2, Only(Invariant.Reliable).Lost);
    }

    [Fact]
    public void The_end_of_a_request_for_one_job_leaves_the_others_open()
    {
        var end = new HistoryLine
        {
            What = HistoryKind.Closed,
            Job = SmallRun.Ending,
            Code = "1006",
            Client = SmallRun.First,
            On = 1,
        };
        run.Lines.Insert(run.LineOf(10), end);
        Assert.Empty(run.Check().Breaches);
    }

    [Fact]
    public void Events_behind_the_end_of_their_request_are_astray()
    {
        var end = new HistoryLine
        {
            What = HistoryKind.Closed,
            Job = SmallRun.Endless,
            Code = "1006",
            Client = SmallRun.First,
            On = 1,
        };
        run.Lines.Insert(run.LineOf(10), end);
        Only(Invariant.Addressed);
    }

    [Fact]
    public void A_repeated_event_is_one_too_many()
    {
        run.Lines.Insert(run.LineOf(17), run.Lines[run.LineOf(17)]);
        Assert.Equal(1, Only(Invariant.Unique).Repeated);
    }

    [Fact]
    public void An_event_repeated_after_a_reconnect_is_one_too_many()
    {
        var replay = run.Lines.FindLastIndex(line => line.What == HistoryKind.Replay);
        run.Lines[replay] = SmallRun.Events(HistoryKind.Replay, SmallRun.Endless, 11, 14) with { Client = SmallRun.First, On = 2 };
        Assert.Equal(1, Only(Invariant.Unique).Repeated);
    }

    [Fact]
    public void Two_swapped_events_are_out_of_order_and_not_lost()
    {
        var at = run.LineOf(16);
        (run.Lines[at], run.Lines[at + 1]) = (run.Lines[at + 1], run.Lines[at]);
        Assert.Equal(0, Only(Invariant.Ordered).Lost);
    }

    [Fact]
    public void An_event_marked_with_another_job_is_astray()
    {
        Spoil(run.LineOf(17), line => line with { Marks = [SmallRun.Ending] });
        Only(Invariant.Addressed);
    }

    [Fact]
    public void An_event_of_another_job_is_known_by_its_content_too()
    {
        var foreign = run.Logs[1].Sums;
        Spoil(
            run.LineOf(HistoryKind.Replay, SmallRun.Endless),
            line => line with { Sums = [.. foreign, .. line.Sums!.Skip(foreign.Length)] }
        );
        Only(Invariant.Addressed);
    }

    [Fact]
    public void An_event_on_a_connection_that_didnt_ask_is_astray()
    {
        Spoil(run.LineOf(17), line => line with { On = 1 });
        Only(Invariant.Addressed);
    }

    [Fact]
    public void A_changed_event_isnt_intact()
    {
        Spoil(run.LineOf(17), line => line with { Sums = [4711] });
        Only(Invariant.Intact);
    }

    [Fact]
    public void An_event_that_the_backend_doesnt_have_isnt_intact()
    {
        run.Logs[0] = Shortened(run.Logs[0], by: 1);
        Assert.Contains(run.Check().Breaches, breach => breach.Invariant == Invariant.Intact);
    }

    [Fact]
    public void Another_epoch_that_nobody_told_of_is_found()
    {
        var again = run.Lines.FindLastIndex(line => line.What == HistoryKind.Subscribed);
        Spoil(again, line => line with { Epoch = "another" });
        Only(Invariant.Told);
    }

    [Fact]
    public void A_log_that_begins_after_the_cursor_without_a_word_is_found()
    {
        var again = run.Lines.FindLastIndex(line => line.What == HistoryKind.Subscribed);
        Spoil(again, line => line with { Earliest = 13 });
        Only(Invariant.Told);
    }

    [Fact]
    public void A_cursor_ahead_that_nobody_told_of_is_found()
    {
        var again = run.Lines.FindLastIndex(line => line.What == HistoryKind.Subscribed);
        Spoil(again, line => line with { Last = 10 });
        Only(Invariant.Told);
    }

    [Theory]
    [InlineData("history_truncated")]
    [InlineData("epoch_changed")]
    [InlineData("cursor_ahead")]
    [InlineData("backend_error")]
    public void A_refusal_that_isnt_true_is_found(string code)
    {
        var again = run.Lines.FindLastIndex(line => line.What == HistoryKind.Subscribed);
        Spoil(again, line => line with { What = HistoryKind.Error, Code = code, Reason = "not_opened" });
        Assert.Equal(Invariant.Served, run.Check().Breaches[0].Invariant);
    }

    [Theory]
    [InlineData("1011")]
    [InlineData("4500")]
    public void A_connection_closed_for_good_is_found(string code)
    {
        Spoil(run.Lines.Count - 1, line => line with { Code = code });
        Only(Invariant.Served);
    }

    [Fact]
    public void A_history_that_ends_early_never_reached_the_head()
    {
        run.Lines.RemoveRange(run.LineOf(18), run.Lines.Count - run.LineOf(18));
        Only(Invariant.Recovers);
    }

    [Fact]
    public void The_head_reached_too_late_is_found()
    {
        run.Facts = run.Facts with { CalmAt = run.Facts.CalmAt - 11_000 };
        Assert.All(run.Check().Breaches, breach => Assert.Equal(Invariant.Recovers, breach.Invariant));
        Assert.NotEmpty(run.Check().Breaches);
    }

    [Fact]
    public void A_job_that_ends_without_its_terminal_event_is_found()
    {
        Spoil(
            run.LineOf(HistoryKind.Replay, SmallRun.Ending),
            line => line with { Ids = [1, 2, 3, 4], Sums = line.Sums![..4], Terminal = null }
        );
        Only(Invariant.EndsOnce);
    }

    [Fact]
    public void An_event_after_the_terminal_one_is_found()
    {
        Spoil(run.LineOf(HistoryKind.Replay, SmallRun.Ending), line => line with { Terminal = 4 });
        Only(Invariant.EndsOnce);
    }

    [Fact]
    public void A_second_unsubscribed_is_found()
    {
        var at = run.LineOf(HistoryKind.Unsubscribed, SmallRun.Ending);
        run.Lines.Insert(at, run.Lines[at]);
        Only(Invariant.EndsOnce);
    }

    [Fact]
    public void A_client_that_resumes_where_it_isnt_spoils_the_run()
    {
        var again = run.Lines.FindLastIndex(line => line.What == HistoryKind.Subscribe);
        Spoil(again, line => line with { After = 10 });
        Only(Invariant.PlainClient);
    }

    [Theory]
    [InlineData("gateway-a", "gateway.subscriptions")]
    [InlineData("gateway-b", "gateway.upstream.streams")]
    [InlineData("stored", "backend.streams")]
    public void A_leaked_stream_is_found(string program, string gauge)
    {
        run.Facts.AtRest.Find(rest => rest.Program == program)!.Gauges[gauge] = 1;
        Only(Invariant.AtRest);
    }

    [Fact]
    public void Leaked_descriptors_are_found()
    {
        run.Facts.AtRest[0] = run.Facts.AtRest[0] with { Descriptors = 60 };
        Only(Invariant.AtRest);
    }

    [Fact]
    public void A_gateway_that_shows_no_gauges_is_found()
    {
        run.Facts.AtRest[0].Gauges.Clear();
        Only(Invariant.AtRest);
    }

    private static BackendLog Shortened(BackendLog log, int by) =>
        new()
        {
            Job = log.Job,
            Epoch = log.Epoch,
            IsEnded = log.IsEnded,
            IsWhole = log.IsWhole,
            Sums = log.Sums[..^by],
        };

    private void Spoil(int at, Func<HistoryLine, HistoryLine> change) => run.Lines[at] = change(run.Lines[at]);

    /// <summary>The run breaks this and nothing else, by its first client if by one.</summary>
    private Verdict Only(Invariant invariant)
    {
        var verdict = run.Check();
        var breach = Assert.Single(verdict.Breaches);
        Assert.Equal(invariant, breach.Invariant);
        Assert.True(breach.Client is "" or SmallRun.First);
        return verdict;
    }
}
