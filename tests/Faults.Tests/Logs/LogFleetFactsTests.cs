using OptimizationGateway.Faults.Logs.Rolling;

namespace OptimizationGateway.Faults.Tests.Logs;

/// <summary>Each promise of <c>make log-fleet</c> is judged, and nothing else.</summary>
public sealed class LogFleetFactsTests
{
    private static readonly LogFleetFacts Clean = new()
    {
        Viewers = 1000,
        Jobs = 50,
        Appended = 1900,
        Kept = 1900,
        SentAgain = 40,
        Seen = 30_000,
        Lost = 0,
        Repeated = 0,
        Ended = 0,
        Faults = ["restart of log-server-1"],
    };

    [Fact]
    public void A_clean_run_has_no_breach() => Assert.Empty(Clean.Breaches());

    [Theory]
    [InlineData("appended", "1901 events were appended, and the logs have 1900.")]
    [InlineData("kept", "1900 events were appended, and the logs have 1901.")]
    [InlineData("lost", "1 events were lost.")]
    [InlineData("repeated", "1 events came twice.")]
    [InlineData("ended", "1 subscriptions or connections of viewers ended.")]
    [InlineData("silent", "Too few events came to say anything.")]
    public void Each_breach_is_named(string what, string says)
    {
        var facts = what switch
        {
            "appended" => Clean with { Appended = 1901 },
            "kept" => Clean with { Kept = 1901 },
            "lost" => Clean with { Lost = 1 },
            "repeated" => Clean with { Repeated = 1 },
            "ended" => Clean with { Ended = 1 },
            _ => Clean with { Seen = 999 },
        };

        Assert.Equal(says, Assert.Single(facts.Breaches()));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20, "--viewers", "20")]
    [InlineData(null, "--viewers", "1")]
    [InlineData(null, "--viewers", "many")]
    [InlineData(null, "--clients", "20")]
    public void The_command_line_is_read_or_refused(int? viewers, params string[] words) =>
        Assert.Equal(viewers, LogFleetFacts.ParseViewers(words));
}
