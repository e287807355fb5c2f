using System.Text.Json;
using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Nemesis;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults;

/// <summary>One run, from the first process to the last written line. It judges nothing.</summary>
internal sealed class ChaosRun(ChaosOptions options, RunFolder folder, Fleet fleet, Random random)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>Longer than the checker allows: what is late is to be seen.</summary>
    private static readonly TimeSpan RecoveryPatience = ClientStory.RecoveryLimit + TimeSpan.FromSeconds(5);

    private readonly Dictionary<ChildProgram, long> descriptorsBefore = [];

    public static async Task RunAsync(ChaosOptions options, RunFolder folder)
    {
        var random = new Random(options.Seed);
        await using var fleet = new Fleet(folder, random, options.Jobs);
        await new ChaosRun(options, folder, fleet, random).RunAsync();
    }

    private async Task RunAsync()
    {
        await fleet.StartAsync();
        await WarmUpAsync();
        var places = Seat();
        var facts = await WatchAsync(places);
        foreach (var place in places)
        {
            await place.DisposeAsync();
        }

        // What is half open by now TCP would end some day; nobody has that long.
        foreach (var way in fleet.Upstream)
        {
            way.Bury();
        }

        await Task.Delay(Settling);
        var rest = await Task.WhenAll(fleet.Programs.Select(AtRestAsync));
        var shares = fleet.Gateways.Select(gateway => gateway.Process.Shares).Aggregate((a, b) => a + b);
        facts = facts with { AtRest = [.. rest], Joined = shares.Joined, Fallen = shares.Fallen };
        await File.WriteAllTextAsync(folder.Facts, JsonSerializer.Serialize(facts));
        await WriteLogAsync(facts.Heads.Keys);
    }

    private List<Place> Seat()
    {
        var (usual, other) = (fleet.Usual, fleet.Other);
        (string Name, PlaceKind Kind, Caller Caller)[] seats =
        [
            ("dotnet-1", PlaceKind.Follower, usual),
            ("dotnet-2", PlaceKind.Follower, other),
            ("dotnet-joiner-1", PlaceKind.Joiner, usual),
            ("dotnet-joiner-2", PlaceKind.Joiner, other),
            ("dotnet-replay-1", PlaceKind.Replayer, usual),
            ("dotnet-replay-2", PlaceKind.Replayer, other),
            ("dotnet-sleeper", PlaceKind.Sleeper, usual),
            ("dotnet-prober", PlaceKind.Prober, usual),
            ("node-1", PlaceKind.Follower, usual),
            ("node-straggler", PlaceKind.Straggler, usual),
            ("node-joiner", PlaceKind.Joiner, usual),
            ("node-replay-1", PlaceKind.Replayer, usual),
            ("node-replay-2", PlaceKind.Replayer, other),
            ("sse-1", PlaceKind.Follower, usual),
            ("sse-joiner", PlaceKind.Joiner, other),
            ("poll-1", PlaceKind.Follower, other),
            ("poll-joiner", PlaceKind.Joiner, usual),
        ];
        var gateways = fleet.Gateways.Select(gateway => gateway.Process.Address).ToArray();
        return
        [
            .. seats.Select(seat => new Place(seat.Name, seat.Kind, seat.Caller, random, gateways)
            {
                Reads =
                    seat.Name.StartsWith("sse", StringComparison.Ordinal) ? Reading.EventStream
                    : seat.Name.StartsWith("poll", StringComparison.Ordinal) ? Reading.LongPoll
                    : Reading.WebSocket,
            }),
        ];
    }

    /// <summary>Clients read, faults happen, faults stop, everybody gets everything, everybody leaves.</summary>
    private async Task<RunFacts> WatchAsync(List<Place> places)
    {
        using var end = new CancellationTokenSource();
        using var faults = new FaultLog(folder.Faults);
        var replays = new ReplayTimes();
        await using var node = new NodeClients([.. places.Where(IsNode)], fleet, folder, replays, random);
        await using var dotnet = new DotnetClients(places.Where(place => !IsNode(place)), fleet, folder, replays, random);
        using var jobs = new StoredJobs(
            fleet.Stored,
            new Random(random.Next()),
            job => Task.WhenAll(dotnet.FollowAsync(job), node.FollowAsync(job))
        );
        var debts = new Debts(faults, replays, options.Duration.TotalSeconds);
        var adversary = new Adversary(
            new NetworkFaults(fleet, places, faults, debts),
            new ProgramFaults(fleet, places, faults, debts, KeepForgottenAsync),
            debts,
            options.Seed
        );

        var ending = EndAsync(end, debts);
        var tides = TideAsync(places, dotnet, node, new Random(random.Next()), end.Token);
        await Task.WhenAll(adversary.RunAsync(end.Token), jobs.RunAsync(end.Token), tides, ending);

        await jobs.EndAllAsync();
        var heads = await HeadsAsync(jobs.Started);
        var calmAt = FaultLog.Now;
        await FinishAsync(dotnet, node, heads);
        await node.CloseAsync();
        await dotnet.CloseAsync();
        return new RunFacts
        {
            Seed = options.Seed,
            Seconds = options.Duration.TotalSeconds,
            CalmAt = calmAt,
            Heads = heads,
        };
    }

    /// <summary>The faults end with their time, or when there were faults enough if that takes longer.</summary>
    private async Task EndAsync(CancellationTokenSource end, Debts debts)
    {
        await Task.Delay(options.Duration);
        await debts.PaidAsync(limit: options.Duration);
        await end.CancelAsync();
    }

    private static bool IsNode(Place place) => place.Name.StartsWith("node", StringComparison.Ordinal);

    /// <summary>Histories are read for a while on slow lines; then they are let go, so that faults meet live streams alone.</summary>
    private static async Task TideAsync(List<Place> places, DotnetClients dotnet, NodeClients node, Random random, CancellationToken end)
    {
        for (var isIn = true; !end.IsCancellationRequested; isIn = !isIn)
        {
            await SetTideAsync(places, dotnet, node, isIn);
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(isIn ? random.Next(5000, 9000) : random.Next(3000, 6000)), end);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await SetTideAsync(places, dotnet, node, isIn: false);
    }

    private static async Task SetTideAsync(List<Place> places, DotnetClients dotnet, NodeClients node, bool isIn)
    {
        places.ForEach(place => place.SlowDown(isIn));

        dotnet.Tide(isIn);
        await node.TideAsync(isIn);
    }

    private static async Task FinishAsync(DotnetClients dotnet, NodeClients node, Dictionary<string, long> heads)
    {
        using var limit = new CancellationTokenSource(RecoveryPatience);
        try
        {
            await Task.WhenAll(dotnet.FinishAsync(heads, limit.Token), node.FinishAsync(heads, limit.Token));
        }
        catch (OperationCanceledException)
        {
            // The checker says who it was.
        }
    }

    /// <summary>Each job's newest id, all read at the same time.</summary>
    private async Task<Dictionary<string, long>> HeadsAsync(IEnumerable<string> storedJobs)
    {
        (StubProgram Stub, string Job)[] jobs =
        [
            .. storedJobs.Select(job => (fleet.Stored, job)),
            .. fleet.PacedJobs.Append(Fleet.LongJob).Select(job => (fleet.Replicas[0], job)),
            (fleet.Forgetful, Fleet.ForgottenJob),
        ];
        var heads = await Task.WhenAll(jobs.Select(each => LogReading.HeadAsync(each.Stub, each.Job)));
        return jobs.Zip(heads).ToDictionary(each => each.First.Job, each => each.Second);
    }

    private async Task WriteLogAsync(IEnumerable<string> jobs)
    {
        foreach (var job in jobs.Where(job => job != Fleet.ForgottenJob))
        {
            var stub = job.StartsWith("job-", StringComparison.Ordinal) ? fleet.Stored : fleet.Replicas[0];
            await AppendAsync(await LogReading.ReadAsync(stub, job, isWhole: true));
        }

        await KeepForgottenAsync();
    }

    /// <summary>What the forgetful backend still knows, before its log is deleted.</summary>
    private async Task KeepForgottenAsync() =>
        await AppendAsync(await LogReading.ReadAsync(fleet.Forgetful, Fleet.ForgottenJob, isWhole: false));

    private Task AppendAsync(BackendLog log) => File.AppendAllTextAsync(folder.Log, JsonSerializer.Serialize(log) + "\n");

    /// <summary>One client comes and goes at each gateway, and what is open then is noted.</summary>
    private async Task WarmUpAsync()
    {
        using var history = new HistoryWriter(Path.Combine(folder.Root, "warm-up.jsonl"), new ReplayTimes());
        foreach (var gateway in fleet.Gateways)
        {
            var url = new Uri($"ws://{gateway.Process.Address}/ws/optimization");
            using var client = new LogicalClient(gateway.Process.Name, url, fleet.Usual, history, random);
            foreach (var job in fleet.PacedJobs.Append(Fleet.ForgottenJob))
            {
                await client.FollowAsync(new JobCursor(job));
            }

            await client.RunAsync(() => client.Jobs.All(job => job.Live > 0), CancellationToken.None);
        }

        await Task.Delay(Settling);
        foreach (var program in fleet.Programs)
        {
            descriptorsBefore[program] = await DescriptorsAsync(program);
        }
    }

    private async Task<ProgramAtRest> AtRestAsync(ChildProgram program)
    {
        var gauges = new Dictionary<string, long>(await program.GaugesAsync());
        gauges.Remove(Gauges.Descriptors);
        long? before = program == fleet.Stored.Process ? null : descriptorsBefore[program];
        return new ProgramAtRest(program.Name, gauges, await DescriptorsAsync(program), before);
    }

    private async Task<long> DescriptorsAsync(ChildProgram program) =>
        (await program.GaugesAsync())[Gauges.Descriptors] - fleet.UpstreamSockets(program);
}
