using CsCheck;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>The promises of PROTOCOL.md section 5, for any sequence of messages, faults and ticks.</summary>
public sealed class WatchPromisesTests
{
    private static readonly WatchFaultKind[] Faults = Enum.GetValues<WatchFaultKind>();

    /// <summary>Anything that a backend, a network, a clock and a client can do: a kind, and two numbers for it.</summary>
    private static readonly Gen<(int Kind, int A, int B)> AnyDeed = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 12], Gen.Int[0, 30]);

    [Fact]
    public void Whatever_happens_the_promises_are_kept() =>
        Gen.Select(Gen.Int[-1, 6].Select(id => id < 0 ? (long?)null : id), Gen.Bool, Gen.Int[0, 1000], AnyDeed.List[0, 60])
            .Sample(
                (after, historyOnly, seed, deeds) =>
                {
                    var run = new WatchRun(after, historyOnly, random: new Random(seed)) { Turn = seed % 7 * Second };
                    var client = new Client(run, after);
                    foreach (var (kind, a, b) in deeds)
                    {
                        Do(run, client, kind, a, b);
                        client.Check();
                    }
                },
                iter: 5_000
            );

    [Fact]
    public void Whatever_an_honest_backend_goes_through_the_client_gets_its_log_once_in_order_and_to_its_end() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], Gen.Int[0, 1000], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 12], Gen.Int[0, 3]).List[0, 12])
            .Sample(
                (length, start, seed, breaks) =>
                {
                    var after = Math.Min(start, length);
                    var run = new WatchRun(after, random: new Random(seed));
                    var client = new Client(run, after);
                    foreach (var (cut, seconds, how) in breaks)
                    {
                        Honest(run, length, cut).ToList().ForEach(message => run.Says(message));
                        if (run.Machine.State == WatchState.Ended)
                        {
                            break;
                        }

                        Interrupt(run, seconds, how);
                        client.Check();
                    }

                    if (run.Machine.State != WatchState.Ended)
                    {
                        Honest(run, length, int.MaxValue).ToList().ForEach(message => run.Says(message));
                    }

                    client.Check();
                    Assert.Equal(Enumerable.Range(after + 1, length - after + 1).Select(id => (long)id), run.ToldIds);
                    Assert.Equal(WatchEnd.JobEnded, run.End);
                },
                iter: 2_000
            );

    private static void Interrupt(WatchRun run, int seconds, int how)
    {
        if (how == 0)
        {
            run.Passes(70 * Second);
        }
        else if (how == 1)
        {
            run.Machine.LetGo();
        }
        else
        {
            run.Fails(how == 2 ? WatchFault.Unavailable : WatchFault.Silent);
        }

        run.Settle();
        run.Passes(seconds * Second);
        if (run.Machine.State == WatchState.Waiting)
        {
            run.Reopens();
        }
        else if (run.Machine.IsConfirmed)
        {
            run.Fails(WatchFault.Unavailable).Reopens();
        }
    }

    /// <summary>The messages of an honest stream from the cursor on, with a terminal event after the log, cut after some of them.</summary>
    private static IEnumerable<WatchJobResponse> Honest(WatchRun run, int length, int cut)
    {
        run.Settle();
        var from = run.Machine.Cursor!.Value;
        IEnumerable<WatchJobResponse> all =
        [
            Say.Subscribed(last: Math.Max(length / 2, from)),
            Say.Replay(hasMore: from < length / 2, Say.Events(from + 1, from + (from < length / 2 ? 1 : 0))),
            .. from < length / 2 ? [Say.Replay(Say.Events(from + 2, length / 2))] : Array.Empty<WatchJobResponse>(),
            .. Enumerable
                .Range(0, (int)(length - Math.Max(length / 2, from)))
                .Select(i => Say.Live(Say.Event(Math.Max(length / 2, from) + 1 + i, previous: Math.Max(length / 2, from) + i))),
            Say.Live(Say.Completed(length + 1)),
        ];

        // The first messages of a stream that is reopened before it says who it is must not be told from an opening that takes too long.
        return all.Take(run.Told.Count == 0 ? Math.Max(cut, 2) : cut);
    }

    private static void Do(WatchRun run, Client client, int kind, int a, int b)
    {
        if (run.Settle() is WatchAction.Read)
        {
            Hear(run, client, kind, a, b);
        }
        else
        {
            run.Passes(b * Second / 5);
        }
    }

    private static void Hear(WatchRun run, Client client, int kind, int a, int b)
    {
        switch (kind)
        {
            case 0 or 1 or 2:
                run.Says(Say.Subscribed(last: b % 3 == 0 ? null : a, earliest: b % 5 == 0 ? a / 2 : null, ended: b % 7 == 0));
                break;
            case 3 or 4:
                run.Says(Say.Live(Say.Event(a, previous: b % 3 == 0 ? b / 3 : null)));
                break;
            case 5 or 6:
                run.Says(Say.Live(Say.Event((run.Machine.Cursor ?? a) + 1, run.Machine.Cursor)));
                break;
            case 7:
                run.Says(Say.Live(Say.Completed(a)));
                break;
            case 8:
                run.Says(Say.Replay(hasMore: b % 2 == 0, [.. Say.Events(a, a + (b % 4)), Say.Event(b)]));
                break;
            case 9 or 10:
                run.Says(Say.Replay(hasMore: b % 2 == 0));
                break;
            case 11:
                run.Says(Say.Heartbeat(b % 2 == 0 ? a : null));
                break;
            case 12:
                run.Fails(new WatchFault(Faults[(a + b) % Faults.Length]));
                break;
            case 13:
                run.Machine.LetGo();
                run.Settle();
                break;
            case 14:
                client.RefusesNext = true;
                break;
            default:
                run.Passes(b * Second);
                break;
        }
    }

    /// <summary>A client that refuses an event now and then, and holds the watch to its promises.</summary>
    private sealed class Client
    {
        private readonly WatchRun run;
        private readonly List<long> shown = [];
        private readonly List<string> sins = [];
        private long? cursor;
        private bool mayStartLate;
        private bool isOpened;
        private bool believesAway;
        private TimeSpan? announced;
        private bool hasEnded;
        private int checkedActions;

        public Client(WatchRun run, long? after)
        {
            this.run = run;
            cursor = after;
            mayStartLate = after is null or 0;
            run.OnTold = Take;
        }

        public bool RefusesNext { get; set; }

        public void Check()
        {
            Assert.Empty(sins);
            Assert.Equal(shown.Distinct().Order(), shown);
            foreach (var open in run.Done.Skip(checkedActions).OfType<WatchAction.OpenStream>())
            {
                // The place at which a stream is opened is where the client stood at that time; what it got since is above.
                Assert.True(open.Cursor is null || cursor is null || open.Cursor <= cursor, $"opened at {open.Cursor}, not {cursor}");
            }

            checkedActions = run.Done.Count;
            if (run.Machine.OutageSince is null)
            {
                Assert.False(believesAway, "the outage is over and the client wasn't told");
            }

            if (run.Machine.State == WatchState.Opening && run.Done[^1] is WatchAction.OpenStream last)
            {
                Assert.Equal(cursor ?? run.Machine.Cursor, last.Cursor);
            }

            Assert.Equal(hasEnded, run.Machine.State == WatchState.Ended);
        }

        private void Take(WatchStep step)
        {
            Expect(!hasEnded, "something follows the end");
            Expect(isOpened || step is WatchStep.Opened or WatchStep.Ended, "something comes before subscribed");
            switch (step)
            {
                case WatchStep.Opened opened:
                    Expect(!isOpened, "subscribed comes twice");
                    isOpened = true;
                    cursor ??= opened.LastEventId;
                    break;
                case WatchStep.Outage:
                    Expect(!believesAway && announced != run.Machine.OutageSince, "one outage is announced twice");
                    Expect(!run.Machine.IsConfirmed, "an outage is announced while a stream stands");
                    (believesAway, announced) = (true, run.Machine.OutageSince);
                    break;
                case WatchStep.Ended:
                    hasEnded = true;
                    believesAway = false;
                    break;
                case WatchStep.Live live:
                    Show(step, [live.Event]);
                    break;
                case WatchStep.History history:
                    Show(step, history.Events);
                    break;
            }
        }

        private void Show(WatchStep step, IReadOnlyList<WatchedEvent> events)
        {
            if (RefusesNext && events.Count > 0)
            {
                RefusesNext = false;
                events.SkipLast(1).ToList().ForEach(ShowOne);
                believesAway &= events.Count == 1;
                run.Machine.Refuse(step, events[^1], BadEventReason.Unreadable);
                cursor = run.Machine.Cursor;
                return;
            }

            events.ToList().ForEach(ShowOne);
            believesAway = false;
        }

        private void ShowOne(WatchedEvent shownEvent)
        {
            Expect(cursor is null || shownEvent.Id > cursor, $"{shownEvent.Id} comes after {cursor}");
            Expect(!(shownEvent.PreviousId > cursor) || mayStartLate, $"{shownEvent.PreviousId} is missing");
            mayStartLate = false;
            cursor = shownEvent.Id;
            shown.Add(shownEvent.Id);
        }

        private void Expect(bool isSo, string sin)
        {
            if (!isSo)
            {
                sins.Add(sin);
            }
        }
    }
}
