using System.Globalization;

namespace OptimizationGateway.Faults.Rolling;

/// <summary>What a fleet went through, and what its clients and its backend saw.</summary>
internal sealed record FleetFacts
{
    /// <summary>The greatest part by which opens may come closer together at the backend than they were sent: the machine is busy.</summary>
    private const double Arrival = 1.25;

    private const double MostImbalance = 1.3;
    private const int MostReconnects = 2;

    public required int Clients { get; init; }

    public required int Jobs { get; init; }

    /// <summary>The events that clients got.</summary>
    public required long Events { get; init; }

    /// <summary>Events that a client should have got by the end and hasn't, and ids that it was never sent.</summary>
    public required long Lost { get; init; }

    public required long Repeated { get; init; }

    /// <summary>
    /// The faults, and the most attempts of one client to come back from each. Those that its connection's age brings about aren't counted.
    /// </summary>
    public required IReadOnlyList<(string Fault, int Reconnects)> Faults { get; init; }

    /// <summary>Handshakes that were answered with a refusal.</summary>
    public required long Refused { get; init; }

    /// <summary>The most connections of a gateway over the fewest, when the faults were over, and in the end.</summary>
    public required (double Before, double After) Imbalance { get; init; }

    /// <summary>The time from the last fault until connections were even.</summary>
    public required TimeSpan Evened { get; init; }

    /// <summary>The most opens of one gateway in any second, as the backend saw it.</summary>
    public required int MostOpens { get; init; }

    /// <summary>The most that a gateway was told to open in a second.</summary>
    public required int OpensPerSecond { get; init; }

    public IEnumerable<string> Breaches()
    {
        if (Lost > 0)
        {
            yield return $"{Lost} events were lost.";
        }

        if (Repeated > 0)
        {
            yield return $"{Repeated} events came twice.";
        }

        if (Events < Clients)
        {
            yield return "Too few events came to say anything.";
        }

        foreach (var (fault, reconnects) in Faults.Where(fault => fault.Reconnects > MostReconnects))
        {
            yield return $"A client reconnected {reconnects} times in the fault '{fault}'; {MostReconnects} are allowed.";
        }

        if (Refused > 0)
        {
            yield return $"{Refused} handshakes were refused while a gateway had room.";
        }

        if (Imbalance.After > MostImbalance)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"A gateway has {Imbalance.After:0.00} times as many connections as another; {MostImbalance} are allowed."
            );
        }

        if (MostOpens > OpensPerSecond * Arrival)
        {
            yield return $"The backend saw {MostOpens} opens of one gateway in a second; {OpensPerSecond} are set.";
        }
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"fleet: {Clients} clients, {Jobs} jobs, {Events} events, {Faults.Count} faults ({string.Join(", ", Faults.Select(fault => fault.Fault))}), "
                + $"{Lost} lost, {Repeated} repeated, {Faults.Max(fault => fault.Reconnects)} reconnects of a client in a fault at the most, "
                + $"{Refused} refused, connections max/min {Imbalance.Before:0.00} and {Imbalance.After:0.00} after {Evened.TotalSeconds:0} s, "
                + $"{MostOpens} opens a second of a gateway at the most ({OpensPerSecond} set)"
        );
}
