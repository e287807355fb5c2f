using System.Diagnostics;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Load.Client;

/// <summary>The clients of one bridge at a time, as the runner commands them.</summary>
internal sealed class LoadClient
{
    private const int FewViewers = 100;
    private const int AtOnce = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Latencies latencies = new();
    private readonly List<Viewer> viewers = [];
    private readonly List<Viewer> stuckViewers = [];
    private readonly List<Task> reading = [];

    public static Task<int> RunAsync() => Commands.ServeAsync(new LoadClient().AnswerAsync);

    private Task<JsonObject> AnswerAsync(JsonObject command) =>
        (string?)command["do"] switch
        {
            "flood" => FloodAsync(command),
            "open" => OpenAsync(command),
            "measure" => MeasureAsync(TimeSpan.FromSeconds((double)command["seconds"]!)),
            "move" => MoveAsync(command),
            "visit" => VisitAsync(command),
            "close" => CloseAsync(),
            var other => throw new InvalidOperationException($"The client knows no command '{other}'."),
        };

    /// <summary>Each viewer takes a number of events of its own job as fast as it can.</summary>
    private static async Task<JsonObject> FloodAsync(JsonObject command)
    {
        var events = command.Number("events");
        var flood = JobsOf(command).Select(job => new Viewer(job, command.Number("cursor"), null, 256 * 1024)).ToList();
        var watch = Stopwatch.StartNew();
        var tasks = flood.Select(async viewer =>
        {
            await viewer.ConnectAsync(UrlOf(command), SpeechOf(command));
            await viewer.ReadAsync(seen => seen.Events >= events, TimeSpan.FromMilliseconds(1));
        });
        await WithPatienceAsync(Task.WhenAll(tasks), flood, seen => seen.Events >= events);
        var seconds = watch.Elapsed.TotalSeconds;
        await Task.WhenAll(flood.Select(viewer => viewer.CloseAsync()));
        return Summary(flood, flood.Sum(viewer => viewer.Seen.Events), seconds);
    }

    /// <summary>Opens viewers, which read until they are closed. Answers when each is subscribed.</summary>
    private async Task<JsonObject> OpenAsync(JsonObject command)
    {
        var stuck = (int)command.Number("stuck");
        var cursor = (long?)command["cursor"];
        var jobs = JobsOf(command);
        var bufferBytes = jobs.Count <= FewViewers ? 256 * 1024 : 8 * 1024;
        var added = jobs.Select(job => new Viewer(job, cursor, latencies, bufferBytes)).ToList();
        var follow = new Task[added.Count];
        await Parallel
            .ForAsync(
                0,
                added.Count,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (i, _) =>
                {
                    await added[i].ConnectAsync(UrlOf(command), SpeechOf(command));
                    await added[i].ReadAsync(seen => seen.Head is not null);
                    EnsureOpen(added[i]);
                    // At once, and not when all have come: pings want their pongs.
                    follow[i] = i < stuck ? Task.CompletedTask : added[i].ReadAsync(_ => false);
                }
            )
            .WaitAsync(TimeSpan.FromMinutes(3));
        added[..stuck].ForEach(viewer => viewer.Stick());
        stuckViewers.AddRange(added[..stuck]);
        viewers.AddRange(added[stuck..]);
        reading.AddRange(follow);
        return Summary(added, 0, 0);
    }

    private async Task<JsonObject> MeasureAsync(TimeSpan time)
    {
        var before = viewers.Sum(viewer => viewer.Seen.Events);
        latencies.Clear();
        var watch = Stopwatch.StartNew();
        await Task.Delay(time);
        var events = viewers.Sum(viewer => viewer.Seen.Events) - before;
        var summary = Summary(viewers, events, watch.Elapsed.TotalSeconds);
        summary["p50"] = latencies.Quantile(0.5);
        summary["p99"] = latencies.Quantile(0.99);
        return summary;
    }

    /// <summary>The viewers have lost their bridge. Each comes back at once to another one, with its cursor.</summary>
    private async Task<JsonObject> MoveAsync(JsonObject command)
    {
        await Task.WhenAll(reading).WaitAsync(Patience);
        var back = viewers.Select(viewer => new Viewer(viewer.Job, viewer.Seen.LastId, null, 8 * 1024)).ToList();
        Release(viewers);
        var times = new Latencies();
        var refusals = 0;
        var start = Stopwatch.GetTimestamp();
        var tasks = back.Select(async viewer =>
        {
            Interlocked.Add(ref refusals, await viewer.ConnectAsync(UrlOf(command), SpeechOf(command)));
            await viewer.ReadAsync(IsAtHead);
            times.Add((long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        });
        await WithPatienceAsync(Task.WhenAll(tasks), back, IsAtHead);
        var summary = Summary(back, back.Sum(viewer => viewer.Seen.Events), Stopwatch.GetElapsedTime(start).TotalSeconds);
        summary["p50"] = times.Quantile(0.5);
        summary["p99"] = times.Quantile(0.99);
        summary["refusals"] = refusals;
        viewers.AddRange(back);
        reading.AddRange(back.Select(viewer => viewer.ReadAsync(_ => false)));
        return summary;

        static bool IsAtHead(FrameScanner seen) => seen.Head is { } head && seen.LastId >= head;
    }

    /// <summary>Viewers that come, take their first event and leave, one after the other in a number of lanes.</summary>
    private static async Task<JsonObject> VisitAsync(JsonObject command)
    {
        var times = new Latencies();
        var watch = Stopwatch.StartNew();
        var jobs = JobsOf(command);
        await Parallel
            .ForEachAsync(
                jobs,
                new ParallelOptions { MaxDegreeOfParallelism = (int)command.Number("lanes") },
                async (job, _) =>
                {
                    using var viewer = new Viewer(job, command.Number("cursor"), null, 8 * 1024);
                    var start = Stopwatch.GetTimestamp();
                    await viewer.ConnectAsync(UrlOf(command), SpeechOf(command));
                    await viewer.ReadAsync(seen => seen.Events > 0);
                    EnsureOpen(viewer);
                    times.Add((long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                    await viewer.CloseAsync();
                }
            )
            .WaitAsync(TimeSpan.FromMinutes(2));
        var summary = Summary([], jobs.Count, watch.Elapsed.TotalSeconds);
        summary["p50"] = times.Quantile(0.5);
        summary["p99"] = times.Quantile(0.99);
        return summary;
    }

    private async Task<JsonObject> CloseAsync()
    {
        await Task.WhenAll(viewers.Concat(stuckViewers).Select(viewer => viewer.CloseAsync()));
        await Task.WhenAll(reading).WaitAsync(Patience);
        var summary = Summary(viewers, 0, 0);
        viewers.Clear();
        stuckViewers.Clear();
        reading.Clear();
        return summary;
    }

    private void Release(List<Viewer> lost)
    {
        lost.ForEach(viewer => viewer.Dispose());
        viewers.Clear();
        reading.Clear();
    }

    /// <summary>Job names: <c>job</c> with its <c>*</c> replaced by 0 up to <c>jobs</c>, in turn for all <c>viewers</c>.</summary>
    private static List<string> JobsOf(JsonObject command)
    {
        var jobs = command.Number("jobs", 1);
        return
        [
            .. Enumerable
                .Range(0, (int)command.Number("viewers", 1))
                .Select(i => ((string)command["job"]!).Replace("*", $"{i % jobs}", StringComparison.Ordinal)),
        ];
    }

    private static Uri UrlOf(JsonObject command) => new((string)command["url"]!);

    private static Speech SpeechOf(JsonObject command) => Enum.Parse<Speech>((string)command["speech"]!);

    private static async Task WithPatienceAsync(Task all, List<Viewer> viewers, Func<FrameScanner, bool> isDone)
    {
        var seen = -1L;
        // As long as events come, it may take as long as it takes.
        while (!all.IsCompleted && viewers.Sum(viewer => viewer.Seen.Events) is var now && now != seen)
        {
            seen = now;
            await Task.WhenAny(all, Task.Delay(Patience));
        }

        if (!all.IsCompleted || viewers.Exists(viewer => !isDone(viewer.Seen)))
        {
            var bad = viewers.First(viewer => !isDone(viewer.Seen));
            viewers.ForEach(viewer => viewer.Dispose());
            throw new InvalidOperationException(
                $"{viewers.Count(viewer => !isDone(viewer.Seen))} of {viewers.Count} viewers didn't get what they waited for. {bad.Job} got "
                    + $"{bad.Seen.Events} events; {bad.Seen.Error ?? bad.Ended ?? "then nothing"}"
            );
        }

        await all;
    }

    private static void EnsureOpen(Viewer viewer)
    {
        if (viewer.Ended is { } reason)
        {
            throw new InvalidOperationException($"{viewer.Job}: {viewer.Seen.Error ?? reason}");
        }
    }

    private static JsonObject Summary(List<Viewer> viewers, long events, double seconds) =>
        new()
        {
            ["events"] = events,
            ["seconds"] = seconds,
            ["gaps"] = viewers.Sum(viewer => viewer.Seen.Gaps),
            ["ended"] = viewers.Count(viewer => viewer.Ended is not null),
            ["error"] = viewers.Select(viewer => viewer.Seen.Error).FirstOrDefault(error => error is not null),
        };
}
