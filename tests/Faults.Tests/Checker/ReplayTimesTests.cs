using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Tests.Checker;

public sealed class ReplayTimesTests
{
    private const string Place = "node-1";
    private readonly ReplayTimes replays = new();

    [Fact]
    public void A_replay_lasts_from_the_subscribed_to_the_last_batch()
    {
        replays.Take(Line(10, HistoryKind.Subscribed));
        replays.Take(Line(20, HistoryKind.Replay, more: true));
        Assert.True(replays.IsReplaying(Place));
        replays.Take(Line(30, HistoryKind.Replay, more: false));

        Assert.False(replays.IsReplaying(Place));
        Assert.Equal([false, true, true, false], new long[] { 9, 10, 30, 31 }.Select(at => replays.WasReplaying(Place, at)));
    }

    [Fact]
    public void One_that_goes_on_counts_from_its_beginning()
    {
        replays.Take(Line(10, HistoryKind.Subscribed));

        Assert.Equal([false, true], new long[] { 9, 99 }.Select(at => replays.WasReplaying(Place, at)));
        Assert.False(replays.WasReplaying("node-2", 99));
    }

    [Theory]
    [InlineData("Unsubscribed", null)]
    [InlineData("Error", "not_opened")]
    [InlineData("Closed", null)]
    public void It_ends_with_its_subscription(string what, string? reason)
    {
        replays.Take(Line(10, HistoryKind.Subscribed));
        replays.Take(Line(15, HistoryKind.Error, reason: "kept"));
        Assert.True(replays.IsReplaying(Place));
        replays.Take(Line(20, Enum.Parse<HistoryKind>(what), reason: reason));

        Assert.False(replays.IsReplaying(Place));
    }

    [Fact]
    public void A_client_that_reads_several_replays_until_the_last_of_them_is_through()
    {
        replays.Take(Line(10, HistoryKind.Subscribed, job: "a"));
        replays.Take(Line(12, HistoryKind.Subscribed, job: "b"));
        replays.Take(Line(14, HistoryKind.Replay, more: false, job: "a"));
        Assert.True(replays.IsReplaying(Place));
        replays.Take(Line(16, HistoryKind.Replay, more: false, job: "b"));

        Assert.Equal([true, false], new long[] { 16, 17 }.Select(at => replays.WasReplaying(Place, at)));
    }

    private static HistoryLine Line(long at, HistoryKind what, bool? more = null, string? reason = null, string job = "a") =>
        new()
        {
            At = at,
            Client = $"{Place}#3",
            What = what,
            Job = what == HistoryKind.Closed ? null : job,
            More = more,
            Reason = reason,
        };
}
