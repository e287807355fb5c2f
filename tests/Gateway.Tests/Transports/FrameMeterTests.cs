using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Transports;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Transports;

public sealed class FrameMeterTests : IDisposable
{
    private const int MaxBytes = 1_000;
    private const int MaxFragments = 4;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);
    private static readonly byte[] Whole = RawFrame.Message("hello");

    private readonly FakeTimeProvider clock = new();
    private readonly FrameMeter meter;
    private readonly List<CloseCode> told = [];

    public FrameMeterTests() => meter = NewMeter();

    public void Dispose() => meter.Dispose();

    [Fact]
    public void A_message_that_trickles_is_slow_once_its_time_is_up_and_not_before()
    {
        foreach (var part in Whole.SkipLast(1))
        {
            meter.Received([part]);
            clock.Advance(TimeSpan.FromMilliseconds(900));
        }

        meter.Received([]);
        clock.Advance(MaxTime - (TimeSpan.FromMilliseconds(900) * (Whole.Length - 1)) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(told);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([CloseCode.MessageTimeout], told);
    }

    [Fact]
    public void Every_message_has_its_own_time_also_where_the_next_begins_with_the_end_of_one()
    {
        for (var i = 0; i < 10; i++)
        {
            meter.Received(Whole.AsSpan(i == 0 ? 0 : 3));
            meter.Received(Whole.AsSpan(0, 3));
            clock.Advance(MaxTime - TimeSpan.FromMilliseconds(1));
        }

        Assert.Empty(told);
    }

    [Fact]
    public void Between_messages_there_is_all_the_time_in_the_world()
    {
        meter.Received(Whole);
        clock.Advance(TimeSpan.FromDays(1));

        Assert.Empty(told);
    }

    [Fact]
    public void Pings_within_a_message_give_it_no_more_time()
    {
        meter.Received(RawFrame.Of(RawFrame.Text, [1], fin: false));
        for (var i = 0; i < 10; i++)
        {
            meter.Received(RawFrame.Of(RawFrame.Ping, []));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([CloseCode.MessageTimeout], told);
    }

    [Fact]
    public void Half_a_control_frame_is_slow_too()
    {
        meter.Received(RawFrame.Of(RawFrame.Ping, [1, 2, 3]).AsSpan(0, 4));
        clock.Advance(MaxTime);

        Assert.Equal([CloseCode.MessageTimeout], told);
    }

    [Theory]
    [InlineData(RawFrame.Ping)]
    [InlineData(RawFrame.Pong)]
    public void Every_control_frame_is_counted_however_it_is_cut_and_one_too_many_is_told(int opcode)
    {
        var allowed = 3;
        using var counting = NewMeter(() => --allowed >= 0);
        foreach (var next in Enumerable.Repeat(RawFrame.Of(opcode, []), 3).SelectMany(frame => frame))
        {
            counting.Received([next]);
        }

        counting.Received(Whole);
        Assert.Empty(told);
        Assert.False(counting.IsFlooded);
        counting.Received(RawFrame.Of(opcode, [1, 2, 3]));
        Assert.Equal([CloseCode.RateLimited], told);
        Assert.True(counting.IsFlooded);
    }

    [Fact]
    public void A_breach_is_of_the_message_that_breaks_the_limit_however_much_was_read_ahead()
    {
        meter.Received([.. Whole, .. Whole, .. RawFrame.Of(RawFrame.Text, [], announced: MaxBytes + 1)]);

        Assert.Equal([null, null, CloseCode.MessageTooBig, null], Enumerable.Range(0, 4).Select(whole => meter.BreachAfter(whole)));
    }

    [Fact]
    public void A_breach_that_no_message_will_show_is_told_once_more_is_wanted()
    {
        meter.Received([.. Whole, .. RawFrame.Of(RawFrame.Text, [], announced: MaxBytes + 1)]);
        Assert.Empty(told);

        meter.WantsMore();
        Assert.Equal([CloseCode.MessageTooBig], told);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue - 1)]
    public void Lengths_that_add_up_to_a_small_one_are_still_too_big(ulong announced)
    {
        meter.Received(RawFrame.Of(RawFrame.Text, [1, 2], fin: false));
        meter.Received(RawFrame.Of(RawFrame.Continuation, [], announced: announced));

        Assert.Equal(CloseCode.MessageTooBig, meter.BreachAfter(0));
    }

    [Fact]
    public void However_the_bytes_are_cut_the_first_message_over_a_limit_is_found()
    {
        var fragment = Gen.Select(Gen.Int[0, 400], Gen.Bool);
        Gen.Select(fragment.List[1, MaxFragments + 2].List[1, 6], Gen.Int[1, 50])
            .Sample(
                (messages, cut) =>
                {
                    using var fresh = NewMeter();
                    var expected = messages.FindIndex(IsOver);
                    foreach (var part in messages.SelectMany(Encoded).Chunk(cut))
                    {
                        fresh.Received(part);
                    }

                    return Enumerable.Range(0, messages.Count).All(i => (fresh.BreachAfter(i) is not null) == (i == expected));
                }
            );
    }

    [Fact]
    public void Any_bytes_at_all_are_followed() =>
        Gen.Byte.Array[0, 300].Array[0, 5].Sample(parts => Array.ForEach(parts, p => NewMeter().Received(p)));

    private static bool IsOver(List<(int Bytes, bool Ping)> message) =>
        message.Count > MaxFragments || message.Sum(fragment => fragment.Bytes) > MaxBytes;

    private static IEnumerable<byte> Encoded(List<(int Bytes, bool Ping)> message) =>
        message.SelectMany(
            (fragment, i) =>
                (byte[])
                    [
                        .. RawFrame.Of(
                            i == 0 ? RawFrame.Text : RawFrame.Continuation,
                            new byte[fragment.Bytes],
                            fin: i == message.Count - 1
                        ),
                        .. fragment.Ping ? RawFrame.Of(RawFrame.Ping, [1]) : [],
                    ]
        );

    private FrameMeter NewMeter(Func<bool>? mayControl = null) =>
        new(clock, MaxBytes, MaxFragments, MaxTime, mayControl ?? (() => true), told.Add);
}
