using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>
/// Clients that read slowly, or nothing, against a gateway whose memory is limited: it must live, stay below its limit, and its healthy viewers
/// must not notice.
/// </summary>
/// <param name="Connections">The number of attackers.</param>
/// <param name="Subscriptions">The jobs that each subscribes to.</param>
/// <param name="Idle">The number of further connections, each with one quiet job.</param>
/// <param name="BytesPerSecond">How fast an attacker reads, all its subscriptions together.</param>
/// <param name="AreEventStreams">True if attackers read server-sent events, of one job each.</param>
internal sealed record Attack(int Connections, int Subscriptions, int Idle, int BytesPerSecond = 8 * 1024, bool AreEventStreams = false)
{
    private const int HealthyViewers = 20;
    private const double MostDelay = 250;

    /// <summary>
    /// A job writes 10 kB a second: a hundred of them are a hundred times what an attacker reads. Jobs without a pause would measure who gets the
    /// CPU, which backend, attackers and viewers share with the gateway.
    /// </summary>
    private static readonly TimeSpan BetweenEvents = TimeSpan.FromMilliseconds(200);
    private static readonly Struct Padding = new() { Fields = { ["padding"] = Value.ForString(new string('x', 2_000)) } };

    /// <summary>A shorter run is judged by everything but delays, which depend on the machine.</summary>
    private static readonly TimeSpan Timed = TimeSpan.FromMinutes(1);

    /// <summary>The attacks that a gateway must survive.</summary>
    public static readonly IReadOnlyDictionary<string, Attack> All = new Dictionary<string, Attack>(StringComparer.Ordinal)
    {
        ["25x100"] = new(25, 100, 0),
        ["100x100"] = new(100, 100, 0),
        ["1000x100"] = new(1_000, 100, 0),
        ["9000+1000"] = new(1_000, 1, 9_000),
        ["1000sse"] = new(1_000, 1, 0, BytesPerSecond: 1024, AreEventStreams: true),
    };

    /// <summary>Runs each attack against each limit, with shared streams and without.</summary>
    /// <returns>True if everything held.</returns>
    public static async Task<bool> RunAllAsync(TimeSpan time)
    {
        var failed = 0;
        foreach (var attack in All.Values)
        {
            foreach (var mebibytes in new[] { 256, 512, 1024 })
            {
                foreach (var limit in System.Enum.GetValues<Limit>())
                {
                    failed += await attack.RunAsync(limit, mebibytes, shares: true, time) ? 0 : 1;
                    failed += await attack.RunAsync(limit, mebibytes, shares: false, time) ? 0 : 1;
                }
            }
        }

        Console.WriteLine(failed == 0 ? "memory: every attack was survived" : $"memory: NOT ok: {failed} attacks");
        return failed == 0;
    }

    /// <summary>Runs the attack.</summary>
    /// <returns>True if everything held.</returns>
    public async Task<bool> RunAsync(Limit limit, int mebibytes, bool shares, TimeSpan time)
    {
        using var healthy = new Healthy();
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always((request, stream, stopped) => Serve(healthy, request, stream, stopped));
        await using var gateway = await LimitedGateway.StartAsync(
            limit,
            mebibytes,
            $"--Gateway:Backends:test:Address={backend.Url}",
            $"--Gateway:Feeds:Shared={shares}",
            "--Gateway:Limits:NewConnectionsPerSecond=1000"
        );
        await healthy.StartAsync(gateway.SocketUrl, HealthyViewers);

        using var stop = new CancellationTokenSource();
        var (slow, idle) = (new AttackCounts(), new AttackCounts());
        var jobs = Enumerable.Range(0, Subscriptions).Select(i => $"busy-{i}").ToList();
        List<Task> attackers = [];
        for (var i = 0; i < Connections; i++)
        {
            attackers.Add(new Attacker(gateway.SocketUrl, jobs, BytesPerSecond, AreEventStreams, slow).RunAsync(stop.Token));
        }

        for (var i = 0; i < Idle; i++)
        {
            attackers.Add(
                new Attacker(gateway.SocketUrl, [$"quiet-{i % 50}"], BytesPerSecond, readsEventStream: false, idle).RunAsync(stop.Token)
            );
        }

        var most = await WatchAsync(gateway, time);
        var isAlive = gateway.IsAlive;
        await healthy.StopAsync();
        await stop.CancelAsync();
        await Task.WhenAll(attackers);

        var delays = healthy.Delays;
        var p99 = delays.Count == 0 ? double.PositiveInfinity : delays[(int)(delays.Count * 0.99)];
        var lines = gateway.Lines;
        var own = lines.Where(line => line.Contains("ends with 1011", StringComparison.Ordinal)).ToList();
        var isWell =
            isAlive
            && (limit == Limit.Heap || most <= mebibytes)
            && (p99 < MostDelay || time < Timed)
            && delays.Count > 0
            && healthy.Faults.Count == 0
            && own.Count == 0;
        Console.WriteLine(
            $"{(isWell ? "ok" : "NOT ok")}: {Name} against {mebibytes} MiB by {limit}, {(shares ? "shared" : "own")} streams, {time.TotalSeconds:F0} s: "
                + $"{(isAlive ? "alive" : "DEAD")}, at most {most} MiB; healthy p99 {p99:F0} ms of {delays.Count} events, {healthy.Faults.Count} faults, 1011: {own.Count}; slow: {slow}{(Idle > 0 ? $"; idle: {idle}" : "")}"
        );
        foreach (var line in healthy.Faults.Concat(own).Concat(lines).Take(isWell ? 0 : 8))
        {
            Console.WriteLine($"  {(line.Length > 160 ? line[..160] : line).ReplaceLineEndings(" ")}");
        }

        return isWell;
    }

    private string Name => All.First(attack => attack.Value == this).Key;

    private static async Task Serve(
        Healthy healthy,
        WatchJobRequest request,
        IServerStreamWriter<WatchJobResponse> stream,
        CancellationToken stopped
    )
    {
        if (request.JobId == Healthy.Job)
        {
            await healthy.WriteAsync(request, stream, stopped);
            return;
        }

        await stream.WriteAsync(Say.Subscribed(last: request.AfterEventId), stopped);
        await stream.WriteAsync(Say.Replay(), stopped);
        if (request.JobId.StartsWith("quiet", StringComparison.Ordinal))
        {
            await ScriptedBackend.SilenceAsync(stopped);
        }

        for (var id = request.AfterEventId + 1; ; id++)
        {
            var jobEvent = Say.Event(id, previous: id - 1);
            jobEvent.Details = Padding;
            await stream.WriteAsync(Say.Live(jobEvent), stopped);
            await Task.Delay(BetweenEvents, stopped);
        }
    }

    /// <returns>The most memory that it took, in MiB.</returns>
    private static async Task<long> WatchAsync(LimitedGateway gateway, TimeSpan time)
    {
        var (began, most) = (Stopwatch.GetTimestamp(), 0L);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (gateway.IsAlive && Stopwatch.GetElapsedTime(began) < time && await poll.WaitForNextTickAsync())
        {
            most = Math.Max(most, gateway.Memory / (1024 * 1024));
        }

        return most;
    }
}
