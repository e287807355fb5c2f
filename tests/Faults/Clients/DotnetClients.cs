using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Clients;

/// <summary>The clients in C#, in this process.</summary>
internal sealed class DotnetClients : IAsyncDisposable
{
    /// <summary>A replay of a job that goes on is done when it is live again.</summary>
    public const int LiveEvents = 20;

    /// <summary>How long a viewer stays that comes and goes, in milliseconds, if nothing comes.</summary>
    public const int LongestVisit = 4_000;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource end = new();
    private readonly List<IReader> followers = [];
    private readonly List<HistoryWriter> files = [];
    private readonly List<Task> running = [];
    private readonly Lock gate = new();
    private readonly Dictionary<IReader, PlaceKind> passing = [];
    private readonly Fleet fleet;
    private readonly RunFolder folder;
    private volatile bool isTideIn;
    private volatile bool isFinishing;

    public DotnetClients(IEnumerable<Place> places, Fleet fleet, RunFolder folder, ReplayTimes replays, Random random)
    {
        this.fleet = fleet;
        this.folder = folder;
        foreach (var place in places)
        {
            Start(place, replays, new Random(random.Next()));
        }
    }

    public async Task FollowAsync(string job)
    {
        foreach (var client in followers)
        {
            await client.FollowAsync(new JobCursor(job));
        }
    }

    public void Tide(bool isIn) => isTideIn = isIn;

    /// <summary>Nobody begins anything new. Completes when everybody has everything.</summary>
    public async Task FinishAsync(IReadOnlyDictionary<string, long> heads, CancellationToken limit)
    {
        isFinishing = true;
        while (IsProbing() || !Clients().TrueForAll(client => client.Jobs.HaveReached(heads)))
        {
            // A client that failed never has everything: its fault is the run's.
            await Task.WhenAll(running.Where(client => client.IsFaulted));
            await Task.Delay(Glance, limit);
        }
    }

    public async Task CloseAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        followers.ForEach(client => client.Dispose());
        files.ForEach(file => file.Dispose());
        end.Dispose();
    }

    /// <summary>Who asked for what isn't there is done only when told so.</summary>
    private bool IsProbing()
    {
        lock (gate)
        {
            return passing.ContainsValue(PlaceKind.Prober);
        }
    }

    private List<IReader> Clients()
    {
        lock (gate)
        {
            return [.. followers, .. passing.Keys];
        }
    }

    private void Start(Place place, ReplayTimes replays, Random random)
    {
        var file = new HistoryWriter(folder.History(place.Name), replays);
        files.Add(file);
        if (place.Kind is PlaceKind.Follower or PlaceKind.Straggler)
        {
            var client = Client(place.Name, place, file, random);
            followers.Add(client);
            running.Add(FollowAllAsync(client));
        }
        else
        {
            running.Add(PassAsync(place, file, random));
        }
    }

    private static IReader Client(string name, Place place, HistoryWriter file, Random random) =>
        place.Reads == Reading.WebSocket
            ? new LogicalClient(name, place.Url, place.Caller, file, random)
            : new HttpReader(name, place, file, random);

    private async Task FollowAllAsync(IReader client)
    {
        foreach (var job in fleet.PacedJobs.Append(Fleet.ForgottenJob))
        {
            await client.FollowAsync(new JobCursor(job));
        }

        await client.RunAsync(isDone: () => false, end.Token);
    }

    /// <summary>One logical client after the other.</summary>
    private async Task PassAsync(Place place, HistoryWriter file, Random random)
    {
        for (var n = 1; !end.IsCancellationRequested; n++)
        {
            if (isFinishing || !CanBegin(place.Kind))
            {
                n--;
                await PauseAsync(Glance);
                continue;
            }

            using var client = Client($"{place.Name}#{n}", place, file, random);
            await client.FollowAsync(JobFor(place.Kind, random));
            Passing(client, place.Kind, isHere: true);
            await (place.Kind == PlaceKind.Sleeper ? DozeAsync(client, random) : ReadAsync(client, place.Kind, random));
            Passing(client, place.Kind, isHere: false);
            await PauseAsync(PauseAfter(place.Kind, random));
        }
    }

    /// <summary>Histories are read while the tide is in; who joins others needs to know where they are.</summary>
    private bool CanBegin(PlaceKind kind) =>
        kind switch
        {
            PlaceKind.Replayer => isTideIn,
            PlaceKind.Joiner => fleet.PacedJobs.All(job => followers.Exists(client => client.Jobs.Reached(job).After > 0)),
            _ => true,
        };

    private void Passing(IReader client, PlaceKind kind, bool isHere)
    {
        lock (gate)
        {
            _ = isHere ? passing.TryAdd(client, kind) : passing.Remove(client);
        }
    }

    private static TimeSpan PauseAfter(PlaceKind kind, Random random) =>
        kind switch
        {
            PlaceKind.Replayer => TimeSpan.Zero,
            PlaceKind.Joiner => TimeSpan.FromMilliseconds(random.Next(300)),
            _ => TimeSpan.FromSeconds(random.Next(1, 4)),
        };

    private JobCursor JobFor(PlaceKind kind, Random random) =>
        (kind, random.Next(3)) switch
        {
            (PlaceKind.Joiner, _) => AnyCursor(random),
            (PlaceKind.Sleeper, _) => new JobCursor(Fleet.ForgottenJob),
            (PlaceKind.Prober, 0) => new JobCursor(fleet.PacedJobs[0], after: 1_000_000_000_000),
            (PlaceKind.Prober, 1) => new JobCursor(fleet.PacedJobs[0], after: 5, epoch: "of another log"),
            (PlaceKind.Prober, _) => new JobCursor(Fleet.ForgottenJob, after: 1),
            (_, 0) => new JobCursor(fleet.PacedJobs[random.Next(fleet.PacedJobs.Count)]),
            _ => new JobCursor(Fleet.LongJob),
        };

    /// <summary>
    /// A cursor of a job that others watch: where one of them is, a little behind it, or anywhere before that.
    /// </summary>
    private JobCursor AnyCursor(Random random)
    {
        var job = random.Next(6) == 0 ? Fleet.ForgottenJob : fleet.PacedJobs[random.Next(fleet.PacedJobs.Count)];
        var (newest, epoch) = followers.Select(client => client.Jobs.Reached(job)).MaxBy(reached => reached.After);
        var behind = random.Next(10) switch
        {
            0 or 1 => 0,
            9 => random.NextInt64(newest + 1),
            _ => random.NextInt64(Math.Min(newest, 100) + 1),
        };
        return new JobCursor(job, newest - behind, random.Next(2) == 0 ? epoch : "");
    }

    private Task ReadAsync(IReader client, PlaceKind kind, Random random)
    {
        var leavesAt = Environment.TickCount64 + (kind == PlaceKind.Joiner ? random.Next(200, LongestVisit) : long.MaxValue / 2);
        return client.RunAsync(
            () =>
                client.Jobs.All(job => job.IsEnded || (kind == PlaceKind.Prober && job.WasRefused) || job.Live >= LiveEvents)
                || (!isFinishing && Environment.TickCount64 > leavesAt),
            end.Token
        );
    }

    /// <summary>Reads a while, goes away without a word for longer than the log may remember, comes back.</summary>
    private async Task DozeAsync(IReader client, Random random)
    {
        while (!end.IsCancellationRequested)
        {
            using var awake = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            if (!isFinishing)
            {
                awake.CancelAfter(TimeSpan.FromMilliseconds(random.Next(500, 3000)));
            }

            await client.RunAsync(isDone: () => false, awake.Token);
            var sleep = TimeSpan.FromMilliseconds(random.Next(500, 20_000));
            for (var slept = TimeSpan.Zero; slept < sleep && !isFinishing && !end.IsCancellationRequested; slept += Glance)
            {
                await PauseAsync(Glance);
            }
        }
    }

    private async Task PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The loops look.
        }
    }
}
