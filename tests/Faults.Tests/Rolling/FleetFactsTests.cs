using OptimizationGateway.Faults.Rolling;

namespace OptimizationGateway.Faults.Tests.Rolling;

/// <summary>Each promise of <c>make fleet</c> is judged, and nothing else.</summary>
public sealed class FleetFactsTests
{
    private static readonly FleetFacts Clean = new()
    {
        Clients = 30,
        Jobs = 10,
        Events = 900,
        Lost = 0,
        Repeated = 0,
        Faults = [("reload", 0), ("kill -9 of gateway-1", 2), ("all at once", 2)],
        Refused = 0,
        Imbalance = (50, 1.3),
        Evened = TimeSpan.FromSeconds(40),
        MostOpens = 125,
        OpensPerSecond = 100,
    };

    public static TheoryData<string, string> Breaches =>
        new()
        {
            { "lost", "1 events were lost." },
            { "repeated", "1 events came twice." },
            { "silent", "Too few events came to say anything." },
            { "restless", "A client reconnected 3 times in the fault 'reload'; 2 are allowed." },
            { "refused", "1 handshakes were refused while a gateway had room." },
            { "uneven", "A gateway has 1.31 times as many connections as another; 1.3 are allowed." },
            { "unpaced", "The backend saw 126 opens of one gateway in a second; 100 are set." },
        };

    [Fact]
    public void A_clean_run_has_no_breach_and_its_last_line_says_what_happened()
    {
        Assert.Empty(Clean.Breaches());
        Assert.Equal(
            "fleet: 30 clients, 10 jobs, 900 events, 3 faults (reload, kill -9 of gateway-1, all at once), 0 lost, 0 repeated, "
                + "2 reconnects of a client in a fault at the most, 0 refused, connections max/min 50.00 and 1.30 after 40 s, "
                + "125 opens a second of a gateway at the most (100 set)",
            Clean.ToString()
        );
    }

    [Theory]
    [MemberData(nameof(Breaches))]
    public void Each_breach_is_named(string what, string says)
    {
        var facts = what switch
        {
            "lost" => Clean with { Lost = 1 },
            "repeated" => Clean with { Repeated = 1 },
            "silent" => Clean with { Events = 29 },
            "restless" => Clean with { Faults = [("reload", 3)] },
            "refused" => Clean with { Refused = 1 },
            "uneven" => Clean with { Imbalance = (50, 1.31) },
            _ => Clean with { MostOpens = 126 },
        };

        Assert.Equal([says], facts.Breaches());
    }
}
