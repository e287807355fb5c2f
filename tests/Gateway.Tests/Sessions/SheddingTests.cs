using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class SheddingTests
{
    private const long Much = 1_000_000;

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Those_that_hold_most_and_move_least_go_first_and_no_more_than_are_needed()
    {
        var chosen = Choose(
            excess: Much + 1,
            ("little, for long", 50_000, 60),
            ("much, for long", Much, 60),
            ("much, for a while", Much, 5),
            ("more, for a while", 2 * Much, 5)
        );

        Assert.Equal(["much, for long", "more, for a while"], chosen);
    }

    [Fact]
    public void A_reader_that_keeps_up_stays_however_much_is_on_its_way_to_it()
    {
        Assert.Empty(Choose(excess: Much, ("a long replay", 5 * Much, 0.5), ("nothing waits", 0, 0)));
    }

    [Fact]
    public void Nobody_goes_while_there_is_room() => Assert.Empty(Choose(excess: 0, ("slow", Much, 60)));

    private IReadOnlyList<string> Choose(long excess, params (string Name, long Bytes, double Seconds)[] readers)
    {
        clock.Advance(TimeSpan.FromHours(1));
        var now = clock.GetTimestamp();
        return Shedding.Choose(
            readers.Select(reader =>
                (reader.Name, reader.Bytes, reader.Bytes == 0 ? 0 : now - (long)(reader.Seconds * clock.TimestampFrequency))
            ),
            excess,
            TimeSpan.FromSeconds(1),
            now,
            clock
        );
    }
}
