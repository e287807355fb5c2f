using System.Collections.Concurrent;
using OptimizationGateway.Faults.Logs.Producing;
using OptimizationGateway.Faults.Logs.Programs;
using OptimizationGateway.Faults.Nemesis;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Logs.Nemesis;

/// <summary>Makes faults for a time, in lanes that run side by side: PostgreSQL, log servers, gateways, producers.</summary>
internal sealed class LogAdversary(LogFleet fleet, IReadOnlyList<Producer> producers, int seed)
{
    private static readonly TimeSpan CutTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<LogFault, int> made = new();

    /// <summary>The faults that were made.</summary>
    public IReadOnlyDictionary<LogFault, int> Made => made;

    /// <summary>The longest time from a promotion to the first append that was acknowledged.</summary>
    public TimeSpan LongestFailover { get; private set; }

    public async Task RunAsync(Func<long> acknowledged, CancellationToken stop)
    {
        await Task.WhenAll(
            LaneAsync(PostgresDeck(), fault => PostgresAsync(fault, acknowledged), 4000, 9000, 1, stop),
            LaneAsync(LogServersDeck(), LogServerAsync, 500, 2500, 2, stop),
            LaneAsync([LogFault.KillGateway], _ => KillGatewayAsync(), 3000, 9000, 3, stop),
            LaneAsync([LogFault.KillProducer, LogFault.KillProducer, LogFault.LeaveZombie], ProducerAsync, 100, 700, 4, stop)
        );
    }

    private LogFault[] PostgresDeck() =>
        [
            LogFault.KillPrimary,
            LogFault.CutThenKillPrimary,
            LogFault.PromoteStale,
            LogFault.RestartPrimary,
            LogFault.KillStandby,
            LogFault.KillStandby,
            LogFault.CancelWaits,
            LogFault.CancelWaits,
            .. fleet.Postgres.HaveDisks ? [LogFault.FillDisk] : Array.Empty<LogFault>(),
        ];

    private static LogFault[] LogServersDeck() =>
        [LogFault.KillLogServer, LogFault.KillLogServer, LogFault.TerminateLogServer, LogFault.FreezeLogServer];

    private async Task LaneAsync(LogFault[] kinds, Func<LogFault, Task> makeAsync, int least, int most, int lane, CancellationToken stop)
    {
        var random = new Random(seed ^ lane);
        var deck = new Deck<LogFault>(random, kinds);
        while (!stop.IsCancellationRequested)
        {
            var fault = deck.Deal(_ => false);
            await makeAsync(fault);
            made.AddOrUpdate(fault, 1, static (_, count) => count + 1);
            try
            {
                await Task.Delay(random.Next(least, most), stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task PostgresAsync(LogFault fault, Func<long> acknowledged)
    {
        var postgres = fleet.Postgres;
        switch (fault)
        {
            case LogFault.RestartPrimary:
                await Task.Run(() => postgres.Restart(postgres.Primary));
                return;
            case LogFault.FillDisk:
                using (postgres.Primary.FillDisk())
                {
                    await Task.Delay(FullTime);
                }

                await Task.Run(postgres.Primary.RestartIfEnded);
                return;
            case LogFault.KillStandby:
                await Task.Run(() => postgres.Restart(postgres.Pick(isBest: false)));
                return;
            case LogFault.CancelWaits:
                postgres.Cut(postgres.Standbys);
                await Task.Delay(CutTime / 2);
                await Task.Run(postgres.CancelWaits);
                await Task.Delay(CutTime / 2);
                postgres.Mend();
                return;
            case LogFault.CutThenKillPrimary:
                postgres.Cut(postgres.Standbys);
                await Task.Delay(CutTime);
                break;
            case LogFault.PromoteStale:
                postgres.Cut([postgres.Standbys.First()]);
                await Task.Delay(CutTime);
                break;
        }

        await Task.Run(postgres.Primary.Crash);
        var isBest = fault != LogFault.PromoteStale;
        var next = await Task.Run(() => postgres.Pick(isBest));
        var promoted = System.Diagnostics.Stopwatch.GetTimestamp();
        var (before, copying) = (acknowledged(), Task.Run(() => postgres.Promote(next, isBest)));
        while (acknowledged() == before && System.Diagnostics.Stopwatch.GetElapsedTime(promoted) < LongestWait)
        {
            await Task.Delay(10);
        }

        var took = System.Diagnostics.Stopwatch.GetElapsedTime(promoted);
        LongestFailover = isBest && took > LongestFailover ? took : LongestFailover;
        await copying;
    }

    private async Task LogServerAsync(LogFault fault)
    {
        var server = Pick(fleet.LogServers);
        switch (fault)
        {
            case LogFault.FreezeLogServer:
                server.Freeze();
                await Task.Delay(Random.Shared.Next(200, 4000));
                server.Thaw();
                return;
            case LogFault.TerminateLogServer:
                await server.TerminateAsync(TimeSpan.FromSeconds(5));
                break;
            default:
                await server.KillAsync();
                break;
        }

        await StartAsync(server);
    }

    private async Task KillGatewayAsync()
    {
        var gateway = Pick(fleet.Gateways);
        await gateway.KillAsync();
        await gateway.StartAsync();
    }

    /// <summary>Starts a log server, as its supervisor does: again and again, since it doesn't start while the database is away.</summary>
    private static async Task StartAsync(ChildProgram server)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                await server.StartAsync();
                return;
            }
            catch (InvalidOperationException)
            {
                await server.ForgetAsync();
                await Task.Delay(200);
            }
        }
    }

    private Task ProducerAsync(LogFault fault)
    {
        Pick(producers).Replace(leavesZombie: fault == LogFault.LeaveZombie);
        return Task.CompletedTask;
    }

    private static T Pick<T>(IReadOnlyList<T> of) => of[Random.Shared.Next(of.Count)];
}
