using OptimizationGateway.Faults.Logs.Checker;

namespace OptimizationGateway.Faults.Tests.Logs;

/// <summary>The checker of make log-chaos: what each mistake of an engine leaves behind is found, and what is allowed isn't.</summary>
public sealed class LogCheckerTests
{
    private const string Job = "a";

    [Fact]
    public void A_run_in_which_all_went_well_has_no_breach()
    {
        Assert.Empty(LogChecker.Check(Run([1, 2, 3])));

        // Somebody's wait was cut off, and the append was made: sent again, it is a repeat.
        var repeat = new Acknowledged(Job, [Token(2)], "e", 3, IsRepeat: true);
        Assert.Empty(LogChecker.Check(Run([1, 2, 3]) with { Acknowledged = [.. Run([1, 2, 3]).Acknowledged, repeat] }));
    }

    [Fact]
    public void A_log_that_says_by_another_epoch_that_it_went_back_may_have_lost_events()
    {
        var before = Run([1, 2, 3]);
        List<Got> after = [Event(1, 1, "f"), Event(2, 9, "f")];
        var seen = new Watched("w", Job, [.. before.Watched[0].Events, .. after]);
        Assert.Empty(
            LogChecker.Check(
                before with
                {
                    Watched = [seen],
                    Logs = new Dictionary<string, IReadOnlyList<Got>> { [Job] = after },
                }
            )
        );
    }

    [Fact]
    public void Whoever_saw_the_job_end_does_not_learn_that_the_log_went_back_behind_its_end()
    {
        List<Got> seen = [Event(1, 1), Event(2, 2) with { IsTerminal = true }];
        List<Got> after = [Event(1, 1, "f")];
        var history = new LogHistory([], [], [new Watched("w", Job, seen)], new Dictionary<string, IReadOnlyList<Got>> { [Job] = after });
        Assert.Empty(LogChecker.Check(history));
        Assert.Equal([LogInvariant.Recovers], Broken(history with { Watched = [new Watched("w", Job, seen[..1])] }));
    }

    [Fact]
    public void Asynchronous_commit_without_the_fence_loses_what_was_acknowledged_and_seen()
    {
        // The standby hadn't got event 3; nothing says so.
        var before = Run([1, 2, 3]);
        var lost = before with { Logs = Run([1, 2]).Logs };
        Assert.Equal([LogInvariant.Durable, LogInvariant.Durable], Broken(lost));

        // And its id is used again.
        var again = before with
        {
            Logs = Run([1, 2, 9]).Logs,
        };
        Assert.Equal([LogInvariant.Durable, LogInvariant.OneContent], Broken(again));
    }

    [Fact]
    public void Ids_of_a_sequence_leave_gaps_which_a_watcher_passes_before_they_are_filled()
    {
        var run = Run([1, 2, 3]);
        var passed = new Watched("w", Job, [Event(1, 1), Event(3, 3)]);
        Assert.Equal([LogInvariant.NoGap], Broken(run with { Watched = [passed] }));
        var holes = new Dictionary<string, IReadOnlyList<Got>> { [Job] = [Event(1, 1), Event(3, 3)] };
        Assert.Contains(LogInvariant.NoGap, Broken(run with { Logs = holes, Watched = [], Acknowledged = [] }));
    }

    [Fact]
    public void Without_a_lock_two_appends_are_acknowledged_at_one_id()
    {
        var run = Run([1, 2]);
        var both = new Acknowledged(Job, [Token(7)], "e", 2, IsRepeat: false);
        Assert.Equal([LogInvariant.OneAppendAnId, LogInvariant.Durable], Broken(run with { Acknowledged = [.. run.Acknowledged, both] }));
    }

    [Fact]
    public void Reads_at_a_standby_leave_a_watcher_behind_or_show_what_is_gone()
    {
        var run = Run([1, 2, 3]);
        Assert.Equal([LogInvariant.Recovers], Broken(run with { Watched = [new Watched("w", Job, [Event(1, 1), Event(2, 2)])] }));
        Assert.Equal([LogInvariant.Recovers], Broken(run with { Watched = [new Watched("w", Job, [])] }));
    }

    [Fact]
    public void A_retry_that_nobody_compares_is_there_twice()
    {
        var run = Run([1, 2, 2]);
        Assert.Equal([LogInvariant.OnceEach], Broken(run));
    }

    [Fact]
    public void A_zombie_that_nobody_fences_appends_after_its_successor()
    {
        List<Got> log = [Event(1, 1), Event(2, new EventToken("p", 1, 0, 0)), Event(3, 2)];
        var zombie = new LogHistory([], [], [new Watched("w", Job, log)], new Dictionary<string, IReadOnlyList<Got>> { [Job] = log });
        Assert.Equal([LogInvariant.Fenced], Broken(zombie));
    }

    [Fact]
    public void What_was_refused_and_is_there_is_found_and_so_is_an_event_after_the_end()
    {
        var run = Run([1, 2, 3]);
        Assert.Equal([LogInvariant.NothingRefused], Broken(run with { Refused = [new Refused(Job, [Token(3)], "403 fenced")] }));

        List<Got> log = [Event(1, 1) with { IsTerminal = true }, Event(2, 2)];
        var ended = new LogHistory([], [], [new Watched("w", Job, log)], new Dictionary<string, IReadOnlyList<Got>> { [Job] = log });
        Assert.Equal([LogInvariant.EndsOnce, LogInvariant.EndsOnce], Broken(ended));
    }

    [Fact]
    public void An_event_that_a_watcher_gets_twice_or_that_was_changed_on_its_way_is_found()
    {
        var run = Run([1, 2]);
        Assert.Equal(
            [LogInvariant.NoGap],
            Broken(run with { Watched = [new Watched("w", Job, [Event(1, 1), Event(1, 1), Event(2, 2)])] }).Distinct()
        );
        var other = new Watched("w", Job, [Event(1, 1), Event(2, 2) with { Content = "another" }]);
        Assert.Equal([LogInvariant.OneContent], Broken(run with { Watched = [other] }));
    }

    private static IEnumerable<LogInvariant> Broken(LogHistory history) => LogChecker.Check(history).Select(breach => breach.Invariant);

    /// <summary>One producer whose appends of one event each are acknowledged, and one watcher that sees them all.</summary>
    private static LogHistory Run(int[] sequences)
    {
        var log = sequences.Select((sequence, i) => Event(i + 1, sequence)).ToList();
        var acks = log.DistinctBy(e => e.Token).Select(e => new Acknowledged(Job, [e.Token!.Value], "e", e.Id, IsRepeat: false));
        return new LogHistory([.. acks], [], [new Watched("w", Job, log)], new Dictionary<string, IReadOnlyList<Got>> { [Job] = log });
    }

    private static EventToken Token(int sequence) => new("p", 0, sequence, 0);

    private static Got Event(long id, int sequence, string epoch = "e") => Event(id, Token(sequence), epoch);

    private static Got Event(long id, EventToken token, string epoch = "e") => new(epoch, id, $"{token}", token, IsTerminal: false);
}
