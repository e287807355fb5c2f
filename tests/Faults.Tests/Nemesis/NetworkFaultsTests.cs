using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Nemesis;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Tests.Nemesis;

/// <summary>Coverage isn't left to chance: a kind that still owes a moment waits for it. Nothing of the fleet runs; a client's line does.</summary>
public sealed class NetworkFaultsTests : IAsyncLifetime
{
    private const string Client = "dotnet-replay-1#1";
    private const double Minute = 60;
    private const int Enough = 4;
    private const int Ago = 1000;

    private readonly RunFolder folder = new(Directory.CreateTempSubdirectory("faults-").FullName);
    private readonly TcpListener gateway = new(IPAddress.Loopback, 0);
    private readonly ReplayTimes replays = new();
    private FaultLog log = null!;
    private Fleet fleet = null!;
    private Place place = null!;
    private NetworkFaults network = null!;
    private TcpClient line = null!;
    private TcpClient far = null!;

    public async ValueTask InitializeAsync()
    {
        gateway.Start();
        var random = new Random(1);
        log = new FaultLog(folder.Faults);
        fleet = new Fleet(folder, random, pacedJobs: 1);
        place = new Place("dotnet-replay-1", PlaceKind.Replayer, fleet.Usual, random, [(IPEndPoint)gateway.LocalEndpoint]);
        network = new NetworkFaults(fleet, [place], log, new Debts(log, replays, Minute));
        line = new TcpClient();
        await line.ConnectAsync(IPAddress.Loopback, place.Way.Port, TestContext.Current.CancellationToken);
        far = await gateway.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await far.GetStream().WriteAsync(new byte[1], TestContext.Current.CancellationToken);
        await line.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_kind_that_owes_a_replay_waits_for_one_on_the_way_that_it_strikes()
    {
        Made(times: Enough);

        var strike = StrikeAsync();
        Assert.False(strike.IsCompleted);
        replays.Take(Line(HistoryKind.Subscribed, FaultLog.Now));
        await strike;

        Assert.Equal("5 cut (1 in replay)", Counts());
    }

    [Fact]
    public async Task A_kind_that_owes_a_fault_without_a_replay_waits_for_its_end()
    {
        replays.Take(Line(HistoryKind.Subscribed, FaultLog.Now - (2 * Ago)));
        Made(times: Enough);

        var strike = StrikeAsync();
        Assert.False(strike.IsCompleted);
        replays.Take(Line(HistoryKind.Replay, FaultLog.Now - 1));
        await strike;

        Assert.Equal("5 cut (4 in replay)", Counts());
    }

    [Fact]
    public async Task A_kind_that_owes_no_moment_strikes_at_once()
    {
        await StrikeAsync();

        Assert.Equal("1 cut (0 in replay)", Counts());
    }

    [Fact]
    public async Task When_the_run_is_over_nothing_waits()
    {
        Made(times: Enough);
        using var stop = new CancellationTokenSource();
        var strike = network.StrikeClientAsync(FaultKind.Cut, new Random(1), stop.Token);

        await stop.CancelAsync();
        await strike;

        Assert.Equal("4 cut (0 in replay)", Counts());
    }

    public async ValueTask DisposeAsync()
    {
        line.Dispose();
        far.Dispose();
        gateway.Dispose();
        await place.DisposeAsync();
        await fleet.DisposeAsync();
        log.Dispose();
        folder.Delete();
    }

    private Task StrikeAsync() => network.StrikeClientAsync(FaultKind.Cut, new Random(1), TestContext.Current.CancellationToken);

    /// <summary>Faults that were made on the place's way a second ago.</summary>
    private void Made(int times)
    {
        for (var made = 0; made < times; made++)
        {
            log.Write(new FaultRecord(FaultLog.Now - Ago, FaultKind.Cut, place.Name, Effect: 1, [place.Name]));
        }
    }

    private string Counts() => FaultCounts.Of(log.Written, replays).ToString();

    private static HistoryLine Line(HistoryKind what, long at) =>
        new()
        {
            At = at,
            Client = Client,
            What = what,
            Job = Fleet.LongJob,
            More = what == HistoryKind.Replay ? false : null,
        };
}
