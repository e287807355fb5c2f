using System.Globalization;
using System.Net;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Rolling;

/// <summary>One run, from the first process to the last count. It judges nothing.</summary>
internal sealed class FleetRun : IAsyncDisposable
{
    private const int Gateways = 3;
    private const int ConnectsPerSecond = 300;
    private const double Even = 1.3;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan EvenLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FinishLimit = TimeSpan.FromSeconds(30);

    private readonly FleetOptions options;
    private readonly FleetBackend backend;
    private readonly ChildProgram[] gateways;
    private readonly HaproxyProgram haproxy;
    private readonly FleetClient[] clients;
    private readonly CancellationTokenSource end = new();
    private readonly List<(string Fault, int Reconnects)> faults = [];
    private Task[] running = [];

    private FleetRun(FleetOptions options, RunFolder folder, FleetBackend backend)
    {
        this.options = options;
        this.backend = backend;
        gateways = [.. Enumerable.Range(1, Gateways).Select(i => Gateway($"gateway-{i}", folder))];
        haproxy = new HaproxyProgram(folder.Root, [.. gateways.Select(gateway => gateway.Address)]);
        clients =
        [
            .. Enumerable
                .Range(0, options.Clients)
                .Select(i => new FleetClient($"job-{i % options.Jobs}", () => haproxy.NewSocket(i), haproxy.Url, new Random(i))),
        ];
    }

    public static async Task<FleetFacts> RunAsync(FleetOptions options, RunFolder folder)
    {
        await using var run = new FleetRun(options, folder, await FleetBackend.StartAsync());
        return await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(running);
        await haproxy.DisposeAsync();
        foreach (var gateway in gateways)
        {
            await gateway.DisposeAsync();
        }

        await backend.DisposeAsync();
        end.Dispose();
    }

    private async Task<FleetFacts> RunAsync()
    {
        await Task.WhenAll(gateways.Select(gateway => gateway.StartAsync()));
        await haproxy.StartAsync();
        await ConnectAsync();
        foreach (var gateway in gateways)
        {
            await FaultAsync($"restart of {gateway.Name}", () => RestartAsync(gateway));
        }

        await FaultAsync($"kill -9 of {gateways[0].Name}", () => KillAsync(gateways[0]));
        await FaultAsync("reload", ReloadAsync);
        await FaultAsync("all at once", () => Task.WhenAll(RestartAsync(gateways[1]), KillAsync(gateways[2]), ReloadAsync()));
        var (before, after, took) = await EvenOutAsync();
        await FinishAsync();
        return new FleetFacts
        {
            Clients = clients.Length,
            Jobs = options.Jobs,
            Events = clients.Sum(client => client.Events),
            Lost = clients.Sum(client => client.Lost + Math.Max(0, heads[client.Job] - client.Cursor)),
            Repeated = clients.Sum(client => client.Repeated),
            Faults = faults,
            Refused = clients.Sum(client => client.Refused),
            Imbalance = (before, after),
            Evened = took,
            MostOpens = backend.MostOpens,
            OpensPerSecond = options.OpensPerSecond,
        };
    }

    private Dictionary<string, long> heads = [];

    /// <summary>Clients connect a few at a time, and each has seen an event before the first fault.</summary>
    private async Task ConnectAsync()
    {
        var connected = new List<Task>();
        foreach (var batch in clients.Chunk(ConnectsPerSecond / 10))
        {
            connected.AddRange(batch.Select(client => client.RunAsync(end.Token)));
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        running = [.. connected];
        await UntilAsync(() => clients.All(client => client.Events > 0), OpenLimit);
        await SayAsync("connected");
    }

    private async Task FaultAsync(string name, Func<Task> fault)
    {
        var before = clients.Select(client => client.Reconnects).ToArray();
        await fault();
        await UntilAsync(() => clients.All(client => client.IsOpen), OpenLimit);
        await Task.Delay(Settling);
        faults.Add((name, clients.Select((client, i) => client.Reconnects - before[i]).Max()));
        await SayAsync(name);
    }

    private static async Task RestartAsync(ChildProgram gateway)
    {
        await gateway.TerminateAsync(ExitLimit);
        await gateway.StartAsync();
    }

    private static async Task KillAsync(ChildProgram gateway)
    {
        await gateway.KillAsync();
        await gateway.StartAsync();
    }

    private async Task ReloadAsync()
    {
        haproxy.SendReload();
        await Task.Delay(TimeSpan.FromSeconds(2));
    }

    /// <summary>Waits until connections are even, as their age brings about.</summary>
    private async Task<(double Before, double After, TimeSpan Took)> EvenOutAsync()
    {
        var began = DateTime.UtcNow;
        var before = await ImbalanceAsync();
        var after = before;
        while (after > Even && DateTime.UtcNow - began < EvenLimit && options.Age > TimeSpan.Zero)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            after = await ImbalanceAsync();
        }

        await SayAsync("even");
        return (before, after, DateTime.UtcNow - began);
    }

    /// <summary>Every client is to have what there is now.</summary>
    private async Task FinishAsync()
    {
        heads = clients.Select(client => client.Job).Distinct().ToDictionary(job => job, backend.HeadOf, StringComparer.Ordinal);
        await UntilAsync(() => clients.All(client => client.Cursor >= heads[client.Job]), FinishLimit);
    }

    private async Task<double> ImbalanceAsync()
    {
        var counts = await CountsAsync();
        return counts.Max() / (double)Math.Max(1, counts.Min());
    }

    private Task<long[]> CountsAsync() =>
        Task.WhenAll(gateways.Select(async gateway => (await gateway.GaugesAsync())["gateway.connections"]));

    private async Task SayAsync(string what) =>
        Console.WriteLine(
            $"fleet: {DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {what}: "
                + $"{string.Join('/', await CountsAsync())} connections, {clients.Count(client => !client.IsOpen)} clients away, {backend.MostOpens} opens a second at the most"
        );

    /// <summary>Waits for a condition; the verdict tells if it never came true.</summary>
    private static async Task UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        for (var began = DateTime.UtcNow; !condition() && DateTime.UtcNow - began < limit; )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private ChildProgram Gateway(string name, RunFolder folder)
    {
        var address = new IPEndPoint(IPAddress.Loopback, ChildProgram.FreeAddress().Port);
        return new ChildProgram(
            name,
            ProgramKind.Gateway,
            address,
            folder.ProgramLog(name),
            [
                $"--Urls=http://{address}",
                $"--Gateway:Backends:fleet:Address={backend.Url}",
                $"--Gateway:Backends:fleet:Metadata:{FleetBackend.Name}={name}",
                "--Gateway:Proxies:Known=127.0.0.1",
                $"--Gateway:Security:AllowedHosts={HaproxyProgram.HostName}",
                string.Create(CultureInfo.InvariantCulture, $"--Gateway:Limits:ConnectionAge={options.Age}"),
                $"--Gateway:Upstream:OpensPerSecond={(options.IsUnpaced ? 1_000_000 : options.OpensPerSecond)}",
                "--Gateway:Drain:Time=00:00:05",
            ]
        );
    }
}
