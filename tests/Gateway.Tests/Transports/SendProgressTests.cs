using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Tests.Transports;

public sealed class SendProgressTests : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider clock = new();
    private readonly SendProgress progress;
    private bool isStuck;
    private long acknowledged;

    public SendProgressTests() => progress = new SendProgress(clock, Window, () => acknowledged, () => isStuck = true);

    public void Dispose() => progress.Dispose();

    [Fact]
    public void A_reader_that_takes_nothing_is_stuck_after_the_window_and_not_before()
    {
        progress.Waiting();

        clock.Advance(Window - TimeSpan.FromMilliseconds(1));
        Assert.False(isStuck);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(isStuck);
    }

    [Fact]
    public void A_reader_of_8_KiB_a_second_is_kept_for_ever()
    {
        for (var second = 0; second < 1_000; second++)
        {
            progress.Waiting();
            clock.Advance(TimeSpan.FromSeconds(1));
            progress.Accepted(8 * 1024);
        }

        Assert.False(isStuck);
    }

    [Fact]
    public void A_reader_that_takes_a_little_less_than_it_must_is_stuck()
    {
        progress.Waiting();
        for (var second = 0; second < 9; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            progress.Accepted(1_800);
            progress.Waiting();
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(isStuck);
    }

    [Theory]
    [InlineData(SendProgress.MinimumBytes, false)]
    [InlineData(SendProgress.MinimumBytes - 1, true)]
    public void A_reader_whose_system_takes_enough_of_a_large_write_is_kept(int bytesInAWindow, bool becomesStuck)
    {
        progress.Accepted(64 * 1024);
        progress.Waiting();
        for (var window = 0; window < 10; window++)
        {
            acknowledged += bytesInAWindow;
            clock.Advance(Window);
        }

        Assert.Equal(becomesStuck, isStuck);
    }

    [Fact]
    public void A_reader_that_took_all_there_was_is_not_stuck_however_little_it_was()
    {
        progress.Waiting();
        clock.Advance(TimeSpan.FromSeconds(9));
        progress.Accepted(10);
        progress.Drained();

        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(isStuck);
    }

    [Theory]
    [InlineData(10_000, 10.0)]
    [InlineData(122_880, 15.0)]
    [InlineData(180_224, 22.0)]
    [InlineData(1_000_000_000, 30.0)]
    public void A_reader_that_took_much_at_once_has_the_time_to_read_it_but_not_for_ever(int bytes, double seconds)
    {
        progress.Accepted(bytes);
        progress.Waiting();

        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(isStuck);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(isStuck);
    }

    [Fact]
    public void What_it_took_long_ago_gives_it_no_more_time()
    {
        progress.Accepted(1_000_000_000);
        progress.Drained();
        clock.Advance(TimeSpan.FromMinutes(1));
        progress.Waiting();

        clock.Advance(Window);
        Assert.True(isStuck);
    }

    [Fact]
    public void A_reader_whose_window_opens_in_lumps_is_kept()
    {
        // As measured: a receive buffer full, then nothing until it was read at 8 KiB/s.
        for (var lump = 0; lump < 100; lump++)
        {
            for (var slice = 0; slice < 15; slice++)
            {
                progress.Accepted(8 * 1024);
                progress.Waiting();
            }

            clock.Advance(TimeSpan.FromSeconds(14.9));
        }

        Assert.False(isStuck);
    }
}
