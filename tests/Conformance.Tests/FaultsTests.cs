using OptimizationGateway.BreakableBackend;
using OptimizationGateway.Conformance.Rules;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>A backend with one fault at a time: the kit fails on the rule that is broken, and says what it saw.</summary>
public sealed class FaultsTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>The fault, the rule that it breaks, and what must be said of it.</summary>
    public static TheoryData<Fault, string, string> Faults =>
        new()
        {
            { Fault.NoSubscribed, "subscribed-first", "a `replay` with 12 events came first." },
            { Fault.LateSubscribed, "first-message", "Nothing came for 2 s at all" },
            { Fault.HeadersInsteadOfAFirstMessage, "first-message", "after the response headers, which confirm nothing" },
            { Fault.SubscribedAfterAnEvent, "subscribed-first", "event 3 came first, and `subscribed` after it" },
            { Fault.SubscribedTwice, "subscribed-first", "`subscribed` came twice" },
            { Fault.NoLastEventId, "subscribed-first", "doesn't set `last_event_id`" },
            { Fault.CursorInclusive, "cursor", "the cursor's own event came again" },
            { Fault.HistoryBackwards, "cursor", "isn't in order: 36, 33, 30, 27, 24…" },
            { Fault.GapAtTheSeam, "seam", "at the seam between history and live event" },
            { Fault.RepeatAtTheSeam, "seam", "at the seam between history and live event" },
            { Fault.LiveBeforeHistory, "seam", "came live, and the last `replay` hadn't come" },
            { Fault.HistoryEndsBelowWhatItAnnounced, "seam", "and the last `replay` ended at" },
            { Fault.NoEmptyReplay, "empty-replay", "ended with OK, and no `replay` came" },
            { Fault.HasMoreNeverFalse, "batches", "its last `replay` said `has_more`" },
            { Fault.BatchOfTooManyEvents, "batches", "has 501 events; 500 are the most" },
            { Fault.BatchOfTooManyBytes, "batches", "1,048,576 are the most" },
            { Fault.EventLostInHistory, "ten-thousand-events", "event 3 says that 2 is before it, and 1 came" },
            { Fault.LiveOnlyReplays, "live-only", "came a `replay` with 12 events: not set isn't 0" },
            { Fault.LiveOnlyFromTheStart, "live-only", "came event 3, which had happened: `subscribed` said 36" },
            { Fault.HistoryOnlyDoesNotEnd, "history-only", "went on after the last `replay`, with a heartbeat" },
            { Fault.IdsRepeat, "ids", "the id repeats" },
            { Fault.IdsOfAnotherEvent, "ids", "was another one when it was read again" },
            { Fault.WrongPreviousId, "ids", "the gateway takes that for a gap" },
            { Fault.OkWithoutATerminalEvent, "ok-means-ended", "ended with OK after a `replay` with 12 events, and the job hadn't ended" },
            { Fault.NoEndAfterATerminalEvent, "terminal-end", "The job has ended, and the watch of finished after 0 hasn't" },
            { Fault.EventAfterATerminalOne, "terminal-end", "event 3 follows event 36, which is terminal" },
            { Fault.EndedIsNotSaid, "terminal-end", "doesn't set `ended`" },
            { Fault.BreaksOffAtTheEnd, "terminal-end", "ended with ABORTED (the worker is gone), not with OK" },
            { Fault.WrongStatusForAnUnknownJob, "not-found", "was answered by INTERNAL (KeyError)" },
            { Fault.EmptyLogForAnUnknownJob, "not-found", "was answered by `subscribed`" },
            { Fault.CursorAheadAccepted, "out-of-range", "the cursor 37 was accepted, with `subscribed`" },
            { Fault.OutOfRangeWithoutTrailers, "out-of-range", "without the trailer earliest-event-id" },
            { Fault.OutOfRangeWithWordsInTrailers, "out-of-range", "latest-event-id is 'the newest', which is no decimal number" },
            { Fault.EpochIgnored, "epoch", "a request with 'not-e1' was answered by `subscribed`" },
            { Fault.EpochOfEachStream, "epoch", "One stream of finished names the epoch" },
            { Fault.NoHeartbeat, "heartbeat", "was silent for 3 s; a heartbeat is due after 1 s" },
            { Fault.HeartbeatAhead, "heartbeat", "a heartbeat named 37, and this stream had sent up to 36" },
            { Fault.HeartbeatWithoutAWait, "heartbeat", "100 messages that tell nothing new came in a row" },
            { Fault.HeartbeatByATimer, "heartbeat", "and this stream had sent up to" },
            { Fault.CancellationIgnored, "cancellation", "25 watches were cancelled" },
            { Fault.CancelledWatchesKeepASlot, "turnover", "watches that were cancelled the next got no answer within 2 s" },
            { Fault.CancelledWatchesKeepASlotAndTheNextIsRefused, "turnover", "the next ended with RESOURCE_EXHAUSTED (no free thread)" },
            { Fault.FiftyStreamsOnly, "hundred-streams", "Of 100 watches on one connection " },
            { Fault.StuckReaderBlocksOthers, "flow-control", "Beside watches that read nothing: Nothing came for" },
            { Fault.StuckReaderLosesEvents, "flow-control", "is missing" },
            { Fault.StuckReaderLosesLiveEvents, "flow-control", "while the job ran. On the watch of job-" },
            { Fault.StuckReaderStopsTheJob, "flow-control", "read nothing it stood still at event" },
            { Fault.EpochOfEachStart, "restart", "The epoch of finished was 'e1', and is '" },
            { Fault.EventsLostByARestart, "restart", "was sent before the restart, and isn't there after it" },
            { Fault.IdsUsedAgainAfterARestart, "restart", "is another one after the restart" },
            { Fault.JobsLostByARestart, "restart", "After the restart: the watch of finished after 0 ended with NOT_FOUND" },
            { Fault.NoTimestamp, "values", "has no timestamp" },
            { Fault.TimestampOutOfRange, "values", "timestamp is 253402300800 s and 0 ns from 1970" },
            { Fault.EventTooLarge, "values", "4,194,304 are the most" },
            { Fault.CustomEventByADocumentedName, "values", "by the name job_completed, which is documented" },
            { Fault.ListOldestFirst, "jobs-list", "newest first" },
            { Fault.ListRepeatsAtThePagesEnd, "jobs-list", "which didn't change, came 50 times" },
            { Fault.ListLosesAtThePagesEnd, "jobs-list", "which didn't change, came not at all" },
            { Fault.ListIgnoresTheFilter, "jobs-list", "which doesn't match" },
            { Fault.ListAheadOfTheLog, "jobs-list", "has 37 as its last event; WatchJob says 36" },
            { Fault.ListTakesAnyToken, "jobs-list", "was answered; INVALID_ARGUMENT was due" },
        };

    [Theory, MemberData(nameof(Faults))]
    public async Task It_fails_on_the_rule_that_is_broken_and_says_what_it_saw(Fault fault, string rule, string seen)
    {
        Curl.Require();
        await using var backend = await BreakableHost.StartAsync(fault, Heartbeat);

        var run = await KitRun.OfAsync([.. Arguments(backend.Url, backend.JobsUrl), "--rule", rule]);

        var found = Assert.Single(run.Rules);
        Assert.Contains(seen, (string)found["seen"]!, StringComparison.Ordinal);
        Assert.Equal(("fail", 1), ((string?)found["verdict"], run.ExitCode));
    }

    [Fact]
    public async Task Watches_that_only_the_next_write_ends_are_counted_where_heartbeats_are_rare()
    {
        Curl.Require();
        await using var backend = await BreakableHost.StartAsync(Fault.CancellationSeenByWritesOnly, TimeSpan.FromSeconds(15));

        var run = await KitRun.OfAsync([
            .. Arguments(backend.Url, backend.JobsUrl),
            "--heartbeat=15",
            "--silence=20",
            "--rule=cancellation",
            "--rule=turnover",
        ]);

        Assert.Equal(["fail", "fail"], run.Rules.Select(rule => (string?)rule["verdict"]));
        Assert.Contains("20 of them still ran", (string)run.Rules.First()["seen"]!, StringComparison.Ordinal);
        Assert.Contains("300 watches came, and were cancelled", (string)run.Rules.Last()["seen"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watches_that_only_the_next_write_ends_are_told_from_others_also_where_heartbeats_are_soon()
    {
        Curl.Require();

        // With a second between heartbeats, on a busy machine, one comes before it can be seen that they still run.
        await using var backend = await BreakableHost.StartAsync(Fault.CancellationSeenByWritesOnly, TimeSpan.FromSeconds(1.5));

        var run = await KitRun.OfAsync([.. Arguments(backend.Url, backend.JobsUrl), "--heartbeat=2", "--silence=4", "--rule=cancellation"]);

        var found = Assert.Single(run.Rules);
        Assert.Contains(
            "stopped with the next heartbeat: the write that fails ends them",
            (string)found["seen"]!,
            StringComparison.Ordinal
        );
        Assert.Equal(("fail", 1), ((string?)found["verdict"], run.ExitCode));
    }

    [Fact]
    public async Task Once_watches_are_refused_the_rules_after_it_are_not_broken_by_that()
    {
        Curl.Require();
        await using var backend = await BreakableHost.StartAsync(Fault.CancelledWatchesKeepASlotAndTheNextIsRefused, Heartbeat);

        var run = await KitRun.OfAsync([
            .. Arguments(backend.Url, backend.JobsUrl),
            "--rule=turnover",
            "--rule=flow-control",
            "--rule=values",
        ]);

        Assert.Equal(["fail", "not_applicable", "not_applicable"], run.Rules.Select(rule => (string?)rule["verdict"]));
        Assert.All(
            run.Rules.Skip(1),
            rule =>
            {
                Assert.StartsWith("As in turnover: ", (string)rule["seen"]!, StringComparison.Ordinal);
                Assert.EndsWith("RESOURCE_EXHAUSTED (no free thread).", (string)rule["seen"]!, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_job_whose_watch_ended_too_soon_is_not_taken_for_one_that_repeats_events()
    {
        Curl.Require();
        await using var backend = await BreakableHost.StartAsync(Fault.OkWithoutATerminalEvent, Heartbeat);

        var run = await KitRun.OfAsync(
            $"--backend={backend.Url}",
            $"--start-job={Curl.Post(new Uri(backend.JobsUrl, "/jobs?events=30000&delayMs=1"))}; sleep 0.3",
            "--rule=cursor",
            "--rule=ok-means-ended",
            "--json"
        );

        Assert.Equal(["not_applicable", "fail"], run.Rules.Select(rule => (string?)rule["verdict"]));
        Assert.Contains("while it was read: it hadn't ended", (string)run.Rules.First()["seen"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_rule_is_broken_by_one_fault_at_least_and_every_fault_breaks_one()
    {
        // UnboundedQueue is seen of a process: ProcessTests. CancellationSeenByWritesOnly has tests of its own above.
        var faults = Faults
            .Select(row => (row.Data.Item1, row.Data.Item2))
            .Append((Fault.UnboundedQueue, "held-back-memory"))
            .Append((Fault.CancellationSeenByWritesOnly, "cancellation"))
            .ToList();

        Assert.Equal(RuleBook.All.Select(rule => rule.Name).Order(), faults.Select(row => row.Item2).Distinct().Order());
        Assert.Equal(Enum.GetValues<Fault>().Where(fault => fault != Fault.None), faults.Select(row => row.Item1).Order());
    }

    internal static string[] Arguments(Uri url, Uri jobs) =>
        [
            $"--backend={url}",
            $"--start-job={Curl.Post(new Uri(jobs, "/jobs?events=1000&delayMs=1"))}",
            "--finished-job=finished",
            "--silent-job=silent",
            $"--watches-command={Curl.Get(new Uri(jobs, "/watches"))}",
            $"--restart-command={Curl.Post(new Uri(jobs, "/restart"))}",
            "--heartbeat=1",
            "--silence=3",
            "--first-message=2",
            "--job-time=20",
            "--json",
        ];
}
