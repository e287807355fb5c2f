using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Tests.Checker;

/// <summary>
/// What a client would see of the faults that sharing a stream can have: the checker finds each of them, and names the promise that it
/// breaks.
/// </summary>
public sealed class SharedStreamFaultsTests
{
    private const string AnotherEpoch = "e0f2";

    private readonly SmallRun run = new();

    /// <summary>The last batch of the history that the client read on a stream of its own; live events of the shared one follow it.</summary>
    private int LastReplay => run.Lines.FindLastIndex(line => line.What == HistoryKind.Replay);

    [Fact]
    public void A_hand_over_one_id_too_late_is_a_gap()
    {
        run.Lines.RemoveAt(LastReplay + 1);

        var breach = Only(Invariant.Reliable);
        Assert.Equal("After 14 came 16: 1 missing.", breach.What);
    }

    [Fact]
    public void A_hand_over_one_id_too_early_is_a_repeat()
    {
        run.Lines.Insert(LastReplay + 1, Live(14));

        var breach = Only(Invariant.Unique);
        Assert.Equal("Event 14 came again; it had 14.", breach.What);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_viewer_joined_across_epochs_is_found_by_what_the_other_log_has_under_the_same_ids(bool isKnown)
    {
        if (isKnown)
        {
            run.Logs.Add(AnotherLog());
        }

        Spoil(LastReplay + 1, line => line with { Sums = [AnotherLog().Sums[line.Ids![0] - 1]] });

        var breach = Only(isKnown ? Invariant.Told : Invariant.Intact);
        Assert.Contains(isKnown ? $"Event 15 is one of epoch '{AnotherEpoch}'" : "Event 15 isn't what", breach.What);
    }

    [Fact]
    public void A_viewer_joined_across_epochs_is_found_by_its_ids_too()
    {
        // The shared stream is at the beginning of its log.
        run.Logs.Add(AnotherLog());
        Spoil(
            LastReplay + 1,
            line => SmallRun.Events(HistoryKind.Event, SmallRun.Endless, 2, 2) with { Client = line.Client, On = line.On, At = line.At }
        );

        Only(Invariant.Unique);
    }

    [Fact]
    public void A_viewer_joined_to_the_feed_of_another_epoch_is_found_though_the_gateway_says_the_epoch_of_the_viewer()
    {
        // All that it gets from its own beginning on is of the other log.
        run.Logs.Add(AnotherLog());
        for (var at = 0; at < run.Lines.Count; at++)
        {
            Spoil(
                at,
                line => line.Job == SmallRun.Endless && line.Ids is { } ids ? line with { Sums = [.. ids.Select(AnotherSum)] } : line
            );
        }

        Assert.Contains("Event 1 is one of epoch", Only(Invariant.Told).What);
    }

    [Fact]
    public void A_viewer_joined_to_another_callers_feed_is_found()
    {
        // Everything is right but for whom it was sent.
        for (var id = 15; id <= 20; id++)
        {
            Spoil(run.LineOf(id), line => line with { Callers = ["other"] });
        }

        Assert.Equal("It speaks for 'usual', and got what the backend sent for 'other'.", Only(Invariant.Private).What);
    }

    [Fact]
    public void An_event_of_another_caller_in_the_middle_of_a_replay_is_found()
    {
        Spoil(LastReplay, line => line with { Callers = [SmallRun.Caller, "other"] });
        Only(Invariant.Private);
    }

    [Fact]
    public void An_event_of_no_caller_is_found_since_the_gateway_forgot_whom_it_asked_for()
    {
        Spoil(LastReplay + 1, line => line with { Callers = [""] });
        Only(Invariant.Private);
    }

    [Fact]
    public void The_same_events_are_right_for_the_caller_that_they_were_sent_for()
    {
        for (var at = 0; at < run.Lines.Count; at++)
        {
            Spoil(
                at,
                line =>
                    line.What == HistoryKind.Open ? line with { Caller = "other" }
                    : line.Callers is null ? line
                    : line with { Callers = ["other"] }
            );
        }

        Assert.Empty(run.Check().Breaches);
    }

    [Fact]
    public void A_segment_reused_while_a_write_is_under_way_is_found_if_what_comes_is_no_message()
    {
        run.Lines.Insert(
            LastReplay + 1,
            new HistoryLine
            {
                What = HistoryKind.Garbled,
                Code = "'{' is invalid after a value.",
                Client = SmallRun.First,
                On = 2,
                At = run.Lines[LastReplay].At,
            }
        );
        Only(Invariant.Intact);
    }

    [Fact]
    public void A_segment_reused_while_a_write_is_under_way_is_found_if_the_event_is_changed()
    {
        Spoil(LastReplay + 1, line => line with { Sums = [line.Sums![0] ^ 1] });
        Only(Invariant.Intact);
    }

    [Fact]
    public void A_segment_reused_while_a_write_is_under_way_is_found_if_another_event_of_the_job_is_in_its_place()
    {
        // Its id is that of the message that was meant; or all of it is a newer event.
        Spoil(LastReplay + 1, line => line with { Sums = [SmallRun.Sum(SmallRun.Endless, 19)] });
        Only(Invariant.Intact);

        Spoil(LastReplay + 1, _ => Live(19));
        Only(Invariant.Ordered);
    }

    [Fact]
    public void A_segment_reused_while_a_write_is_under_way_is_found_if_an_event_of_another_job_is_in_its_place()
    {
        Spoil(LastReplay + 1, line => line with { Marks = [SmallRun.Ending] });
        Only(Invariant.Addressed);

        // One that carries no mark.
        var stray = run.Logs[1];
        run.Logs[1] = SmallRun.Log(SmallRun.Ending, 20, isEnded: true);
        Spoil(LastReplay + 1, line => line with { Marks = [], Sums = [SmallRun.Sum(SmallRun.Ending, 15)] });
        Assert.Equal($"Event 15 is one of {stray.Job}.", Only(Invariant.Addressed).What);
    }

    private static uint AnotherSum(long id) => SmallRun.Sum(SmallRun.Endless + AnotherEpoch, id);

    /// <summary>A log of the same job under another epoch, which has other events under the same ids.</summary>
    private static BackendLog AnotherLog() =>
        new()
        {
            Job = SmallRun.Endless,
            Epoch = AnotherEpoch,
            Sums = [.. Enumerable.Range(1, 20).Select(id => AnotherSum(id))],
        };

    private HistoryLine Live(long id) =>
        SmallRun.Events(HistoryKind.Event, SmallRun.Endless, id, id) with
        {
            Client = SmallRun.First,
            On = 2,
            At = run.Lines[LastReplay + 1].At,
        };

    private void Spoil(int at, Func<HistoryLine, HistoryLine> change) => run.Lines[at] = change(run.Lines[at]);

    /// <summary>The first client's history breaks this and nothing else.</summary>
    private Breach Only(Invariant invariant)
    {
        var breach = Assert.Single(run.Check().Breaches);
        Assert.Equal((invariant, SmallRun.First), (breach.Invariant, breach.Client));
        return breach;
    }
}
