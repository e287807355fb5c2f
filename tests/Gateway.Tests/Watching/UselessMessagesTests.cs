using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Watching;

public sealed class UselessMessagesTests
{
    private static readonly WatchFault TooMany = WatchFault.Breach(BreachedRule.UselessMessages);

    private readonly UselessMessages useless = new();
    private TimeSpan now;

    public static TheoryData<string> Kinds => ["empty", "heartbeat", "empty replay", "the same duplicate"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ten_thousand_at_once_pass_and_the_next_is_a_breach(string kind)
    {
        var message = Read(OfKind(kind));
        useless.Take(now, message, isNews: true);

        Assert.Equal(10_000, CountUntilBreach(() => message));
        Assert.Equal(TooMany, useless.Take(now, message, isNews: false));
    }

    [Fact]
    public void A_hundred_a_second_pass_for_ever_and_more_are_a_breach_in_the_end()
    {
        var heartbeat = Read(Say.Heartbeat());
        for (var i = 0; i < 100_000; i++)
        {
            now += TimeSpan.FromMilliseconds(10);
            Assert.Null(useless.Take(now, heartbeat, isNews: false));
        }

        // Twice as many: the burst of 10,000 lasts for 100 s.
        var passed = CountUntilBreach(() =>
        {
            now += TimeSpan.FromMilliseconds(5);
            return heartbeat;
        });
        Assert.InRange(passed, 19_900, 20_100);
    }

    [Fact]
    public void What_tells_something_new_never_counts()
    {
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Null(useless.Take(now, Read(Say.Live(Say.Event(i + 1))), isNews: true));
        }

        Assert.Equal(10_000, CountUntilBreach(() => Read(Say.Heartbeat())));
    }

    [Fact]
    public void A_log_of_a_million_events_may_be_sent_again_in_order_at_every_reopen()
    {
        for (var stream = 0; stream < 40; stream++)
        {
            useless.StartStream();
            for (var batch = 0; batch < 2_000; batch++)
            {
                Assert.Null(
                    useless.Take(
                        now,
                        Read(Say.Replay(hasMore: true, Say.Event((batch * 500) + 1), Say.Event((batch + 1) * 500))),
                        isNews: false
                    )
                );
            }
        }
    }

    [Fact]
    public void A_log_that_is_sent_again_twice_on_one_stream_counts_in_full()
    {
        var batch = Read(Say.Replay(hasMore: true, Say.Events(1, 5)));
        Assert.Null(useless.Take(now, batch, isNews: false));

        Assert.Equal(9_999, CountUntilBreach(() => batch));
    }

    [Fact]
    public void A_large_message_counts_as_often_as_it_has_16_KiB()
    {
        var large = Say.Event(1);
        large.Stage = new string('x', 1024 * 1024);
        var message = Read(Say.Live(large));
        useless.Take(now, message, isNews: true);

        Assert.Equal(10_000 / 64, CountUntilBreach(() => message));
    }

    [Fact]
    public void Another_stream_gets_no_other_allowance()
    {
        CountUntilBreach(() => Read(Say.Heartbeat()));
        useless.StartStream();

        Assert.Equal(TooMany, useless.Take(now, Read(Say.Heartbeat()), isNews: false));
        now += TimeSpan.FromSeconds(1);
        Assert.Equal(100, CountUntilBreach(() => Read(Say.Heartbeat())));
    }

    private int CountUntilBreach(Func<WatchMessage> next)
    {
        var passed = 0;
        while (useless.Take(now, next(), isNews: false) is null)
        {
            passed++;
        }

        return passed;
    }

    private static WatchJobResponse OfKind(string kind) =>
        kind switch
        {
            "heartbeat" => Say.Heartbeat(),
            "empty replay" => Say.Replay(),
            "the same duplicate" => Say.Live(Say.Event(1)),
            _ => new WatchJobResponse(),
        };

    private static WatchMessage Read(WatchJobResponse message) => WatchMessage.Read(new(message.ToByteArray()));
}
