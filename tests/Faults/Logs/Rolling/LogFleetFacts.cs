using System.Globalization;

namespace OptimizationGateway.Faults.Logs.Rolling;

/// <summary>What two log servers went through, and what producers and viewers saw of it.</summary>
internal sealed record LogFleetFacts
{
    public const string Help = """
        Restarts two log servers on one PostgreSQL, behind one name, and kills one, while clients watch through two gateways.

        Usage: make log-fleet [VIEWERS=1000]
               dotnet run --project tests/Faults -- log-fleet [--viewers <number>]

          --viewers  how many clients watch, from 2 to 5,000 (default 1,000)

        Exit code 0: nothing was lost or repeated, and no subscription ended.

        """;

    public required int Viewers { get; init; }

    public required int Jobs { get; init; }

    /// <summary>The events whose appends were answered.</summary>
    public required long Appended { get; init; }

    /// <summary>The events of the logs in the end.</summary>
    public required long Kept { get; init; }

    /// <summary>Appends that had to be sent again.</summary>
    public required long SentAgain { get; init; }

    /// <summary>The events that viewers got.</summary>
    public required long Seen { get; init; }

    /// <summary>Ids that a viewer was never sent, and those that it should have had in the end.</summary>
    public required long Lost { get; init; }

    public required long Repeated { get; init; }

    /// <summary>Subscriptions that were ended or refused, and connections of viewers that were lost.</summary>
    public required long Ended { get; init; }

    public required IReadOnlyList<string> Faults { get; init; }

    /// <returns>Null where the words make no sense.</returns>
    public static int? ParseViewers(string[] words) =>
        words switch
        {
            [] => 1000,
            ["--viewers", var text]
                when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 2 and <= 5000 => n,
            _ => null,
        };

    /// <summary>Prints what didn't hold, and a line that sums it up.</summary>
    /// <returns>The exit code.</returns>
    public int Print()
    {
        var breaches = Breaches().ToList();
        breaches.ForEach(Console.WriteLine);
        Console.WriteLine(this);
        return breaches.Count == 0 ? 0 : 1;
    }

    public IEnumerable<string> Breaches()
    {
        if (Appended != Kept)
        {
            yield return $"{Appended} events were appended, and the logs have {Kept}.";
        }

        if (Lost > 0)
        {
            yield return $"{Lost} events were lost.";
        }

        if (Repeated > 0)
        {
            yield return $"{Repeated} events came twice.";
        }

        if (Ended > 0)
        {
            yield return $"{Ended} subscriptions or connections of viewers ended.";
        }

        if (Seen < Viewers)
        {
            yield return "Too few events came to say anything.";
        }
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"log-fleet: {Viewers} viewers of {Jobs} jobs, {Appended} events appended ({SentAgain} appends sent again), {Seen} seen, {Faults.Count} faults ({string.Join(", ", Faults)}), {Lost} lost, {Repeated} repeated, {Ended} ended"
        );
}
