using System.Globalization;
using System.Text.Json;
using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Nemesis;

namespace OptimizationGateway.Faults.Checker;

/// <summary>
/// Judges a run when it is over, by what was written down: the clients' histories, the backend's log, the faults, and what was open at the
/// end. It knows neither the programs nor the clients.
/// </summary>
internal static class HistoryChecker
{
    /// <summary>What may be open besides: the runtime opens a few descriptors late, such as those of its sockets' engines.</summary>
    private const int DescriptorSlack = 4;

    private static readonly string[] GatewayGauges = ["gateway.connections", "gateway.subscriptions"];

    /// <summary>Judges what a run left in its folder.</summary>
    public static Verdict Check(RunFolder folder)
    {
        var facts = JsonSerializer.Deserialize<RunFacts>(File.ReadAllText(folder.Facts))!;
        var faults = File.ReadLines(folder.Faults).Select(line => JsonSerializer.Deserialize<FaultRecord>(line)!).ToList();
        var histories = folder.Histories.Select(path => (Path.GetFileName(path), File.ReadLines(path).Select(HistoryLine.Parse)));
        return Check(histories, BackendLogs.Read(folder.Log), facts, faults);
    }

    /// <param name="histories">The lines of each file.</param>
    /// <param name="logs">The backend's log.</param>
    /// <param name="facts">What the harness knows.</param>
    /// <param name="faults">What was done.</param>
    public static Verdict Check(
        IEnumerable<(string Name, IEnumerable<HistoryLine> Lines)> histories,
        BackendLogs logs,
        RunFacts facts,
        IReadOnlyList<FaultRecord> faults
    )
    {
        var replays = new ReplayTimes();
        var breaches = new List<Breach>();
        foreach (var (name, lines) in histories)
        {
            breaches.AddRange(CheckHistory(name, lines, logs, facts, replays));
        }

        breaches.Sort((a, b) => a.At.CompareTo(b.At));
        breaches.AddRange(facts.AtRest.SelectMany(CheckAtRest));
        return new Verdict(breaches, logs.All.Sum(log => (long)log.Distinct), FaultCounts.Of(faults, replays));
    }

    private static List<Breach> CheckHistory(
        string name,
        IEnumerable<HistoryLine> lines,
        BackendLogs logs,
        RunFacts facts,
        ReplayTimes replays
    )
    {
        var breaches = new List<Breach>();
        var clients = new Dictionary<string, ClientStory>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            replays.Take(line);
            if (!clients.TryGetValue(line.Client, out var client))
            {
                clients[line.Client] = client = new ClientStory(line.Client, logs, facts);
            }

            if (client.Take(line) is { } breach)
            {
                breaches.Add(breach with { Where = string.Create(CultureInfo.InvariantCulture, $"{name}:{number}") });
            }
        }

        breaches.AddRange(clients.Values.SelectMany(client => client.Finish()).Select(breach => breach with { Where = name }));
        return breaches;
    }

    private static IEnumerable<Breach> CheckAtRest(ProgramAtRest program)
    {
        var open = program.Gauges.Where(gauge => gauge.Value != 0).Select(gauge => $"{gauge.Key} is {gauge.Value}").ToList();
        if (open.Count > 0)
        {
            yield return new Breach(Invariant.AtRest, $"{program.Program}: {string.Join(", ", open)} with no socket open.");
        }

        if (program.Descriptors > program.DescriptorsBefore + DescriptorSlack)
        {
            yield return new Breach(
                Invariant.AtRest,
                $"{program.Program} has {program.Descriptors} descriptors, and had {program.DescriptorsBefore} before."
            );
        }

        if (
            program.Program.StartsWith("gateway", StringComparison.Ordinal)
            && GatewayGauges.FirstOrDefault(g => !program.Gauges.ContainsKey(g)) is { } missing
        )
        {
            yield return new Breach(Invariant.AtRest, $"{program.Program} doesn't say {missing}.");
        }
    }
}
