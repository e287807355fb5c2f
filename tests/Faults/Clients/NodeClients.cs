using System.Diagnostics;
using System.Text.Json;
using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Clients;

/// <summary>The clients in Node, in one process of theirs.</summary>
internal sealed class NodeClients : IAsyncDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim sending = new(1);

    public NodeClients(IReadOnlyList<Place> places, Fleet fleet, RunFolder folder, ReplayTimes replays, Random random)
    {
        var replayed = new[] { Fleet.LongJob, Fleet.LongJob, fleet.PacedJobs[random.Next(fleet.PacedJobs.Count)] };
        var settings = new
        {
            followers = Of(places, PlaceKind.Follower, []).Concat(Of(places, PlaceKind.Straggler, [])),
            replayers = Of(places, PlaceKind.Replayer, replayed),
            joiners = Of(places, PlaceKind.Joiner, [.. fleet.PacedJobs, Fleet.ForgottenJob]),
            jobs = fleet.PacedJobs.Append(Fleet.ForgottenJob),
            histories = folder.HistoryFolder,
            seed = random.Next(),
            liveEvents = DotnetClients.LiveEvents,
            longestVisit = DotnetClients.LongestVisit,
        };
        var start = new ProcessStartInfo(
            "node",
            [RepositoryRoot.Combine("tests", "Faults", "Clients", "main.mjs"), JsonSerializer.Serialize(settings)]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == "reached")
            {
                reached.TrySetResult();
            }
            else if (line.Data is { Length: > 0 } told)
            {
                replays.Take(HistoryLine.Parse(told));
            }
        };
        process.BeginOutputReadLine();
    }

    public Task FollowAsync(string job) => TellAsync(new { @do = "follow", job });

    public Task TideAsync(bool isIn) => TellAsync(new { @do = "tide", isIn });

    /// <inheritdoc cref="DotnetClients.FinishAsync" />
    public async Task FinishAsync(IReadOnlyDictionary<string, long> heads, CancellationToken limit)
    {
        await TellAsync(new { @do = "finish", heads });
        await reached.Task.WaitAsync(limit);
    }

    public Task CloseAsync() => TellAsync(new { @do = "close" });

    public async ValueTask DisposeAsync()
    {
        // At the end of its input it writes what is left and goes.
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
        sending.Dispose();
    }

    private static object[] Of(IEnumerable<Place> places, PlaceKind kind, string[] jobs) =>
        [
            .. places
                .Where(place => place.Kind == kind)
                .Select(place => new
                {
                    name = place.Name,
                    url = place.Url,
                    caller = place.Caller.Name,
                    token = place.Caller.Token,
                    jobs,
                }),
        ];

    private async Task TellAsync(object order)
    {
        await sending.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
            await process.StandardInput.FlushAsync();
        }
        finally
        {
            sending.Release();
        }
    }
}
