using System.Text.Json;
using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults;

/// <summary>Says what came of a run: what broke first, how to look at it and how to see it again, and one line that sums it up.</summary>
internal static class Report
{
    private const int LinesAround = 4;
    private const int OthersShown = 5;

    /// <returns>The exit code.</returns>
    public static int Print(RunFolder run, Verdict verdict)
    {
        var facts = JsonSerializer.Deserialize<RunFacts>(File.ReadAllText(run.Facts))!;
        var missing = verdict.Faults.Missing(facts.Seconds).ToList();
        var unshared = Sharing.Missing(facts).ToList();
        if (verdict.Breaches.Count > 0)
        {
            PrintBreaches(run, facts, verdict.Breaches);
        }

        foreach (var kind in missing)
        {
            Console.WriteLine($"Too few faults took effect: {kind}.");
        }

        foreach (var rare in unshared)
        {
            Console.WriteLine($"Too rarely {rare}.");
        }

        Console.WriteLine(
            $"chaos: {verdict.DistinctEvents} distinct events, {verdict.Faults.Total} faults ({verdict.Faults}), "
                + $"{facts.Joined} joins of shared streams, {facts.Fallen} falls, {verdict.Lost} lost, {verdict.Repeated} repeated, seed {facts.Seed}"
        );
        return verdict.Breaches.Count == 0 && missing.Count + unshared.Count == 0 ? 0 : 1;
    }

    private static void PrintBreaches(RunFolder run, RunFacts facts, IReadOnlyList<Breach> breaches)
    {
        var first = breaches[0];
        Console.WriteLine($"Broken first: {first.Invariant}. {first.What}");
        if (first.Client.Length > 0)
        {
            Console.WriteLine(
                $"  client {first.Client}, job {first.Job}, {(first.At - facts.CalmAt) / 1000.0:0.0} s from the end of the faults, {first.Where}"
            );
            PrintAround(run, first);
        }

        foreach (var other in breaches.Skip(1).Take(OthersShown))
        {
            Console.WriteLine($"Broken too: {other.Invariant}. {other.What} ({other.Client} {other.Job} {other.Where})");
        }

        Console.WriteLine($"{breaches.Count} in all. Histories, the backend's log, the faults and the programs' logs: {run.Root}");
        Console.WriteLine($"Again: make chaos DURATION={facts.Seconds:0} SEED={facts.Seed}");
    }

    /// <summary>What the client wrote down of this job around that moment.</summary>
    private static void PrintAround(RunFolder run, Breach breach)
    {
        var place = breach.Client.Split('#')[0];
        var lines = File.ReadLines(run.History(place)).Select(HistoryLine.Parse).Where(line => line.Client == breach.Client);
        var told = lines.Where(line => line.Job == breach.Job || line.What is HistoryKind.Open or HistoryKind.Closed).ToList();
        var at = told.FindIndex(line => line.At >= breach.At);
        foreach (var line in told.Skip(Math.Max(0, (at < 0 ? told.Count : at) - LinesAround)).Take((2 * LinesAround) + 1))
        {
            var ids = line.Ids is { Length: > 0 } all ? (all.Length == 1 ? $" {all[0]}" : $" {all[0]}…{all[^1]}") : "";
            Console.WriteLine(
                $"    {DateTimeOffset.FromUnixTimeMilliseconds(line.At):HH:mm:ss.fff} connection {line.On} {line.What}{ids}"
                    + $"{Shown("after", line.After)}{Shown("epoch", line.Epoch)}{Shown("last", line.Last)}"
                    + $"{Shown("earliest", line.Earliest)}{Shown("code", line.Code)}{Shown("reason", line.Reason)}"
            );
        }
    }

    private static string Shown(string name, object? value) => value is null or "" ? "" : $" {name} {value}";
}
