using System.Collections.Concurrent;
using System.Globalization;
using OptimizationGateway.Faults.Logs.Checker;
using OptimizationGateway.Faults.Logs.Nemesis;
using OptimizationGateway.Faults.Logs.Producing;
using OptimizationGateway.Faults.Logs.Programs;
using OptimizationGateway.Faults.Logs.Watching;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Logs.Run;

/// <summary>One run, from the first process to the last event. It judges nothing.</summary>
internal sealed class LogChaosRun(LogFleet fleet, Random random, LogChaosOptions options, RunFolder folder) : IDisposable
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>The promise: nobody waits for longer after the last fault.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    private readonly LogRecorder recorder = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(30) });
    private readonly ConcurrentBag<LogWatcher> watchers = [];
    private readonly ConcurrentBag<Task> watching = [];
    private readonly CancellationTokenSource stop = new();

    private IReadOnlyList<Uri> Gateways => [.. fleet.Gateways.Select(gateway => new Uri($"http://{gateway.Address}"))];

    /// <returns>What was written down, and what was done.</returns>
    public async Task<LogChaosFacts> RunAsync()
    {
        await fleet.StartAsync();
        SeededBug.Put(options.Bug, fleet.Postgres.Primary);
        recorder.JobBegan = Watch;
        using var finish = new CancellationTokenSource();
        var producers = Producers();
        var producing = producers.Select(producer => producer.RunAsync(finish.Token)).ToList();
        await Task.Delay(WarmUp);

        var adversary = new LogAdversary(fleet, producers, options.Seed);
        using var over = new CancellationTokenSource(options.Duration);
        await adversary.RunAsync(() => recorder.EventsAcknowledged, over.Token);
        await finish.CancelAsync();
        if (
            await Task.WhenAny(Task.WhenAll(producing), Task.Delay(Recovery)) is { IsCompletedSuccessfully: true }
            && producing.Any(one => !one.IsCompleted)
        )
        {
            recorder.Surprise($"Producers still wait {Recovery.TotalSeconds:0} s after the last fault.");
        }

        var logs = await FinalAsync();
        await HeadsAsync(logs);
        await stop.CancelAsync();
        await Task.WhenAll(watching);
        var history = recorder.ToHistory([.. watchers.Select(watcher => watcher.Story)], logs);
        return new LogChaosFacts(history, adversary.Made, adversary.LongestFailover, recorder.Surprises);
    }

    public void Dispose()
    {
        stop.Dispose();
        http.Dispose();
    }

    private List<Producer> Producers()
    {
        var scripts = RepositoryRoot.Combine("tests", "Faults", "Logs", "Producing");
        var go = GoProgram.Build(Path.Combine(scripts, "producer.go"), folder.Root);
        Birth Dotnet(string id) =>
            (job, epoch, appends) =>
                new DotnetLife(http, fleet.Http, job, id, epoch, appends, options.Batch, new Random(random.Next()), recorder);
        Birth Script(string id, params string[] command) =>
            (job, epoch, appends) => new ScriptLife(command, fleet.Http, job, id, epoch, appends, options.Batch, recorder);
        (string Id, Func<string, Birth> Birth)[] all =
        [
            .. Enumerable.Range(1, 4).Select(number => ($"dotnet-{number}", (Func<string, Birth>)Dotnet)),
            .. Enumerable
                .Range(1, 2)
                .Select(n =>
                    ($"python-{n}", (Func<string, Birth>)(id => Script(id, "/usr/bin/python3", Path.Combine(scripts, "producer.py"))))
                ),
            .. Enumerable
                .Range(1, 2)
                .Select(n => ($"node-{n}", (Func<string, Birth>)(id => Script(id, "node", Path.Combine(scripts, "producer.mjs"))))),
            ("go-1", id => Script(id, go)),
        ];
        return
        [
            .. all.Select(one => new Producer(one.Id, one.Birth(one.Id), new Random(random.Next()))),
            // Two for one job, at the same time.
            .. Enumerable.Range(1, 2).Select(number => new Producer("shared", Dotnet($"shared-{number}"), new Random(random.Next()))),
        ];
    }

    private void Watch(string job)
    {
        foreach (var gateway in Gateways)
        {
            var watcher = new LogWatcher($"watcher at {gateway.Port}", job, [gateway, .. Gateways.Where(other => other != gateway)]);
            watchers.Add(watcher);
            watching.Add(watcher.RunAsync(stop.Token));
        }
    }

    /// <summary>Reads all logs once more, from the beginning.</summary>
    private async Task<Dictionary<string, IReadOnlyList<Got>>> FinalAsync()
    {
        using var limit = new CancellationTokenSource(Recovery);
        var logs = new Dictionary<string, IReadOnlyList<Got>>(StringComparer.Ordinal);
        foreach (var job in recorder.Jobs)
        {
            while (!logs.ContainsKey(job))
            {
                try
                {
                    logs[job] = await FinalLogs.ReadAsync(http, Gateways[0], job, limit.Token);
                }
                catch (HttpRequestException) when (!limit.IsCancellationRequested)
                {
                    await Task.Delay(200, limit.Token);
                }
            }
        }

        return logs;
    }

    /// <summary>Waits until all watchers have all there is, or the time is over.</summary>
    private async Task HeadsAsync(Dictionary<string, IReadOnlyList<Got>> logs)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(since) < Recovery)
        {
            if (watchers.All(watcher => watcher.HasAll(logs)))
            {
                return;
            }

            await Task.Delay(200);
        }
    }
}

/// <summary>What came of a run.</summary>
/// <param name="History">What producers and watchers were told.</param>
/// <param name="Faults">The faults that were made.</param>
/// <param name="LongestFailover">The longest time from a promotion to the first append that was acknowledged.</param>
/// <param name="Surprises">Answers that no producer should get.</param>
internal sealed record LogChaosFacts(
    LogHistory History,
    IReadOnlyDictionary<LogFault, int> Faults,
    TimeSpan LongestFailover,
    IReadOnlyCollection<string> Surprises
)
{
    /// <summary>Prints the verdict; the last line sums it up.</summary>
    /// <returns>The exit code.</returns>
    public int Print(int seed)
    {
        var breaches = LogChecker.Check(History);
        foreach (var group in breaches.GroupBy(breach => breach.Invariant))
        {
            Console.WriteLine($"{group.Key}: {group.Count()}, such as");
            foreach (var breach in group.Take(5))
            {
                Console.WriteLine($"  {breach.Job}: {breach.What}");
            }
        }

        foreach (var surprise in Surprises.Take(5))
        {
            Console.WriteLine($"surprise: {surprise}");
        }

        var lost = breaches.Count(breach => breach.Invariant is LogInvariant.Durable or LogInvariant.Recovers or LogInvariant.NoGap);
        var repeated = breaches.Count(breach =>
            breach.Invariant is LogInvariant.OnceEach or LogInvariant.OneAppendAnId or LogInvariant.Fenced
        );
        var epochs = History.Watched.SelectMany(watched => watched.Events.Select(e => (watched.Job, e.LogEpoch))).Distinct().Count();
        var faults = string.Join(", ", Faults.OrderBy(fault => fault.Key).Select(fault => $"{fault.Value} {fault.Key}"));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"log-chaos: {History.Logs.Values.Sum(log => log.Count)} events of {History.Logs.Count} jobs, {Faults.Values.Sum()} faults ({faults}), {epochs - History.Logs.Count} logs went back and said so, failover at most {LongestFailover.TotalSeconds:0.0} s, {lost} lost, {repeated} repeated, {breaches.Count} breaches, seed {seed}"
            )
        );
        return breaches.Count == 0 && Surprises.Count == 0 ? 0 : 1;
    }
}
