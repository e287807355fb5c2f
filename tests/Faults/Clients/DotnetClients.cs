using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Clients;

/// <summary>The clients in C#, in this process.</summary>
internal sealed class DotnetClients : IAsyncDisposable
{
    /// <summary>A replay of a job that goes on is done when it is live again.</summary>
    public const int LiveEvents = 20;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource end = new();
    private readonly List<LogicalClient> followers = [];
    private readonly List<HistoryWriter> files = [];
    private readonly List<Task> running = [];
    private readonly Lock gate = new();
    private readonly Dictionary<LogicalClient, PlaceKind> passing = [];
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
        while (IsProbing() || !Clients().TrueForAll(client => client.HasReached(heads)))
        {
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

    private List<LogicalClient> Clients()
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
        if (place.Kind == PlaceKind.Follower)
        {
            var client = new LogicalClient(place.Name, place.Url, file, random);
            followers.Add(client);
            running.Add(FollowAllAsync(client));
        }
        else
        {
            running.Add(PassAsync(place, file, random));
        }
    }

    private async Task FollowAllAsync(LogicalClient client)
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
            if (isFinishing || (place.Kind == PlaceKind.Replayer && !isTideIn))
            {
                n--;
                await PauseAsync(Glance);
                continue;
            }

            using var client = new LogicalClient($"{place.Name}#{n}", place.Url, file, random);
            await client.FollowAsync(JobFor(place.Kind, random));
            Passing(client, place.Kind, isHere: true);
            await (place.Kind == PlaceKind.Sleeper ? DozeAsync(client, random) : ReadAsync(client, place.Kind));
            Passing(client, place.Kind, isHere: false);
            await PauseAsync(place.Kind == PlaceKind.Replayer ? TimeSpan.Zero : TimeSpan.FromSeconds(random.Next(1, 4)));
        }
    }

    private void Passing(LogicalClient client, PlaceKind kind, bool isHere)
    {
        lock (gate)
        {
            _ = isHere ? passing.TryAdd(client, kind) : passing.Remove(client);
        }
    }

    private JobCursor JobFor(PlaceKind kind, Random random) =>
        (kind, random.Next(3)) switch
        {
            (PlaceKind.Sleeper, _) => new JobCursor(Fleet.ForgottenJob),
            (PlaceKind.Prober, 0) => new JobCursor(fleet.PacedJobs[0], after: 1_000_000_000_000),
            (PlaceKind.Prober, 1) => new JobCursor(fleet.PacedJobs[0], after: 5, epoch: "of another log"),
            (PlaceKind.Prober, _) => new JobCursor(Fleet.ForgottenJob, after: 1),
            (_, 0) => new JobCursor(fleet.PacedJobs[random.Next(fleet.PacedJobs.Count)]),
            _ => new JobCursor(Fleet.LongJob),
        };

    private Task ReadAsync(LogicalClient client, PlaceKind kind) =>
        client.RunAsync(
            () => client.All(job => job.IsEnded || (kind == PlaceKind.Prober && job.WasRefused) || job.Live >= LiveEvents),
            end.Token
        );

    /// <summary>Reads a while, goes away without a word for longer than the log may remember, comes back.</summary>
    private async Task DozeAsync(LogicalClient client, Random random)
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
