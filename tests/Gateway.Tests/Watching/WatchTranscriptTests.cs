using CsCheck;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>Ordered, Unique and Reliable of PROTOCOL.md section 5, for whatever a backend sends over however many streams.</summary>
public sealed class WatchTranscriptTests
{
    [Fact]
    public void Whatever_an_honest_backend_goes_through_the_client_gets_its_log_once_and_in_order() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 20], Gen.Select(Gen.Int[0, 12], Gen.Int[1, 5]).List[0, 10])
            .Sample(
                (length, after, breaks) =>
                {
                    var told = new List<long>();
                    var transcript = New(Math.Min(after, length));
                    foreach (var (cutAfter, batchSize) in breaks.Append((int.MaxValue, 3)))
                    {
                        transcript.StartStream();
                        foreach (var message in HonestStream(length, transcript.Cursor!.Value, batchSize).Take(cutAfter))
                        {
                            Assert.Null(transcript.Take(message));
                            told.AddRange(Tell(transcript));
                        }
                    }

                    Assert.Equal(Enumerable.Range(1, length).Select(id => (long)id).Where(id => id > Math.Min(after, length)), told);
                }
            );

    [Fact]
    public void Whatever_a_backend_sends_ids_strictly_increase() =>
        Gen.Select(Gen.Long[0, 20], Gen.Int[0, 4])
            .List[0, 60]
            .Sample(messages =>
            {
                var told = new List<long>();
                var transcript = New(after: 0);
                transcript.StartStream();
                foreach (var (id, kind) in messages)
                {
                    WatchJobResponse message = kind switch
                    {
                        0 => Say.Live(Say.Event(id)),
                        1 => Say.Replay(hasMore: true, Say.Event(id), Say.Event(id + 2), Say.Event(id + 1)),
                        2 => Say.Replay(Say.Event(id, previous: id - 1)),
                        3 => Say.Heartbeat(id),
                        _ => Say.Subscribed(last: id),
                    };
                    if (transcript.Take(Read(message)) is not null)
                    {
                        transcript.StartStream();
                    }

                    told.AddRange(Tell(transcript));
                }

                Assert.Equal(told.Distinct().Order(), told);
            });

    [Fact]
    public void A_live_event_before_the_replay_that_was_announced_would_skip_history_and_is_a_breach()
    {
        var transcript = New(after: 2);
        transcript.StartStream();
        Assert.Null(transcript.Take(Read(Say.Subscribed(last: 5))));

        Assert.Equal(WatchFault.Breach(BreachedRule.LiveBeforeHistory), transcript.Take(Read(Say.Live(Say.Event(6)))));
        Assert.Equal(2, transcript.Cursor);
    }

    [Fact]
    public void A_heartbeat_that_promises_events_that_were_not_sent_is_a_breach()
    {
        var transcript = New(after: 2);
        transcript.StartStream();
        Assert.Null(transcript.Take(Read(Say.Subscribed(last: 2))));
        Assert.Null(transcript.Take(Read(Say.Heartbeat(last: 2))));

        Assert.Equal(WatchFault.Breach(BreachedRule.HeartbeatAhead), transcript.Take(Read(Say.Heartbeat(last: 3))));
    }

    [Fact]
    public void A_replay_that_ends_before_the_newest_event_that_was_there_is_a_breach()
    {
        var transcript = New(after: 0);
        transcript.StartStream();
        Assert.Null(transcript.Take(Read(Say.Subscribed(last: 5))));

        Assert.Equal(WatchFault.Breach(BreachedRule.HistoryCutShort), transcript.Take(Read(Say.Replay(Say.Events(1, 4)))));
        Assert.Equal([1, 2, 3, 4], Tell(transcript));
    }

    [Fact]
    public void A_last_replay_that_is_taken_back_is_told_by_the_next_stream_even_if_that_one_is_empty()
    {
        var transcript = New(after: 0);
        transcript.StartStream();
        Assert.Null(transcript.Take(Read(Say.Subscribed(last: 1))));
        Assert.Null(transcript.Take(Read(Say.Replay(Say.Event(1)))));
        Assert.True(transcript.TryTell(out _));
        Assert.True(transcript.TryTell(out var last));
        transcript.Retract(last, Assert.IsType<WatchStep.History>(last).Events[0], before: 0);

        transcript.StartStream();
        Assert.Null(transcript.Take(Read(Say.Subscribed(last: 0))));
        Assert.Null(transcript.Take(Read(Say.Replay())));

        Assert.True(transcript.TryTell(out var step));
        var told = Assert.IsType<WatchStep.History>(step);
        Assert.Empty(told.Events);
        Assert.False(told.HasMore);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void An_event_over_the_limit_can_not_be_shown_and_one_at_it_can(int more, bool isShown)
    {
        var large = Say.Event(2, previous: 1);
        large.Stage = new string('x', 2_000);
        var transcript = New(after: 0, maxEventBytes: large.CalculateSize() + more);
        transcript.StartStream();
        Assert.Null(transcript.Take(Read(Say.Subscribed(last: 2))));

        var fault = transcript.Take(Read(Say.Replay(Say.Event(1), large)));

        Assert.Equal(isShown ? null : WatchFault.BadEvent(2, BadEventReason.EventTooLarge), fault);
        Assert.Equal(isShown ? [1, 2] : [1], Tell(transcript));
    }

    private static WatchTranscript New(long? after, int maxEventBytes = 4 * 1024 * 1024) =>
        new(new WatchStart("job-1", after, Epoch: null, HistoryOnly: false), maxEventBytes);

    private static IEnumerable<WatchMessage> HonestStream(int length, long after, int batchSize)
    {
        // Half of the log is history when the stream starts; the rest happens while it runs.
        var history = Math.Max(length / 2, (int)after);
        yield return Read(Say.Subscribed(last: history));
        for (var from = after; ; from += batchSize)
        {
            var to = Math.Min(from + batchSize, history);
            yield return Read(Say.Replay(hasMore: to < history, Say.Events(from + 1, to)));
            if (to == history)
            {
                break;
            }
        }

        for (var id = history + 1; id <= length; id++)
        {
            yield return Read(Say.Live(Say.Event(id, previous: id - 1)));
        }

        yield return Read(Say.Heartbeat(length));
    }

    private static List<long> Tell(WatchTranscript transcript)
    {
        var ids = new List<long>();
        while (transcript.TryTell(out var step))
        {
            ids.AddRange(
                step switch
                {
                    WatchStep.Live live => [live.Event.Id],
                    WatchStep.History history => history.Events.Select(e => e.Id),
                    _ => [],
                }
            );
        }

        return ids;
    }

    private static WatchMessage Read(WatchJobResponse message) => WatchMessage.Read(new(message.ToByteArray()));
}
