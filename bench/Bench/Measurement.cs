using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Bench;

/// <summary>One run of one workload with one program. Every run has a new process.</summary>
internal sealed class Measurement(Workload workload, Target target, Child backend, string backendUrl, Child client)
{
    private const int WarmUpViewers = 20;

    /// <summary>Fewer don't say what one costs.</summary>
    private const int FewViewers = 100;

    /// <summary>The cursor before the first of the ready frames, whose ids all have seven digits.</summary>
    private const int ReadyCursor = 999_999;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Compiling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StreamsEnd = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static int runs;

    private readonly string tag = $"r{Interlocked.Increment(ref runs)}x";
    private readonly int port = Child.FreePort();

    /// <returns>The figures by name (<see cref="Metric"/>).</returns>
    public async Task<Dictionary<string, double>> RunAsync()
    {
        // Viewers of a run that failed may still be there.
        await client.AskAsync(new JsonObject { ["do"] = "close" });
        await backend.AskAsync(new JsonObject { ["do"] = "reset" });
        await using var bridge = await StartAsync(port);
        return workload.Kind switch
        {
            WorkloadKind.Flood => await FloodAsync(bridge),
            WorkloadKind.Paced => await PacedAsync(bridge),
            WorkloadKind.Visits => await VisitAsync(bridge),
            WorkloadKind.Storm => await StormAsync(bridge),
            _ => await StuckAsync(bridge),
        };
    }

    private async Task<Child> StartAsync(int at)
    {
        var command = target.Command(at, backendUrl);
        return target.Kind == TargetKind.Limit
            ? await Child.StartCommandedAsync(target.Name, command)
            : await Child.StartListeningAsync(target.Name, at, command);
    }

    private async Task<Dictionary<string, double>> FloodAsync(Child bridge)
    {
        await CompiledAsync(bridge, part => FloodOnceAsync(bridge, workload.WarmUp / 2, $"w{part}x"));
        return await CountedAsync(bridge, () => FloodOnceAsync(bridge, workload.Events, "m"));
    }

    private Task<JsonObject> FloodOnceAsync(Child bridge, int events, string phase)
    {
        var command = Command("flood", workload.JobOf(events, tag + phase));
        command["events"] = events;
        command["cursor"] = target.Kind == TargetKind.Limit ? ReadyCursor : 0;
        return (target.IsDrain ? bridge : client).AskAsync(command);
    }

    private async Task<Dictionary<string, double>> PacedAsync(Child bridge)
    {
        await WarmUpAsync(port);
        var before = bridge.ResidentKib;
        await client.AskAsync(Command("open", workload.JobOf(0, tag)));
        await Task.Delay(workload.IsMemory ? WarmUpTime : Settling);
        var figures = await CountedAsync(bridge, MeasureAsync);
        if (workload.Viewers >= FewViewers)
        {
            figures[Metric.Kib] = (bridge.ResidentKib - before) / workload.Viewers;
        }

        await client.AskAsync(new JsonObject { ["do"] = "close" });
        return figures;
    }

    private async Task<Dictionary<string, double>> VisitAsync(Child bridge)
    {
        await CompiledAsync(bridge, part => VisitOnceAsync(workload.Viewers / 2, $"w{part}x"));
        return await CountedAsync(bridge, () => VisitOnceAsync(workload.Viewers, "m"));
    }

    private Task<JsonObject> VisitOnceAsync(int viewers, string phase)
    {
        var command = Command("visit", workload.JobOf(1, tag + phase));
        (command["viewers"], command["jobs"], command["lanes"]) = (viewers, viewers, 50);
        return client.AskAsync(command);
    }

    /// <summary>
    /// Does what will be measured four times, and lets the compiler finish after each: it counts calls, compiles once nothing new was called
    /// for a while, watches that code in turn, and only then compiles it for speed. In a bridge that runs for days nothing of it is left.
    /// </summary>
    private async Task CompiledAsync(Child bridge, Func<int, Task> runAsync)
    {
        for (var part = 0; part < 4; part++)
        {
            await runAsync(part);
            await UntilNoStreamsAsync();
            var used = double.NegativeInfinity;
            for (var watch = Stopwatch.StartNew(); bridge.CpuSeconds - used > 0.02 && watch.Elapsed < Compiling; await Task.Delay(Rest))
            {
                used = bridge.CpuSeconds;
            }
        }
    }

    private async Task<Dictionary<string, double>> StormAsync(Child lost)
    {
        var otherPort = Child.FreePort();
        await using var other = await StartAsync(otherPort);
        await WarmUpAsync(otherPort);
        await client.AskAsync(Command("open", workload.JobOf(0, tag)));
        await Task.Delay(Settling);
        await lost.StopAsync();
        await UntilNoStreamsAsync();
        var command = Command("move", "");
        command["url"] = Target.Url(otherPort);
        var figures = await CountedAsync(other, () => client.AskAsync(command));
        await client.AskAsync(new JsonObject { ["do"] = "close" });
        return figures;
    }

    private async Task<Dictionary<string, double>> StuckAsync(Child bridge)
    {
        await WarmUpAsync(port);
        await client.AskAsync(Command("open", workload.JobOf(0, tag)));
        await Task.Delay(Settling);
        var without = await MeasureAsync();
        var before = bridge.ResidentKib;
        var stuck = Command("open", workload.JobOf(0, tag));
        (stuck["viewers"], stuck["stuck"]) = (workload.Stuck, workload.Stuck);
        await client.AskAsync(stuck);
        await Task.Delay(Settling);
        var figures = await CountedAsync(bridge, MeasureAsync);
        figures[Metric.P99Before] = (double?)without["p99"] ?? double.NaN;
        figures[Metric.Kib] = (bridge.ResidentKib - before) / workload.Stuck;
        await client.AskAsync(new JsonObject { ["do"] = "close" });
        return figures;
    }

    /// <summary>Code is compiled and pools are filled before anything is measured.</summary>
    private async Task WarmUpAsync(int at)
    {
        var command = Command("visit", $"history-2000-usual-{tag}warm*");
        (command["viewers"], command["jobs"], command["lanes"], command["url"]) = (
            10 * WarmUpViewers,
            WarmUpViewers,
            WarmUpViewers,
            Target.Url(at)
        );
        if (workload.IsMemory)
        {
            command["job"] = $"history-1-usual-{tag}warm*";
        }

        await client.AskAsync(command);
        if (!workload.IsMemory)
        {
            (command["do"], command["job"], command["viewers"]) = ("open", $"rate-1000-usual-{tag}warm*", WarmUpViewers);
            await client.AskAsync(command);
            await Task.Delay(WarmUpTime);
            await client.AskAsync(new JsonObject { ["do"] = "close" });
        }

        await UntilNoStreamsAsync();
        await backend.AskAsync(new JsonObject { ["do"] = "reset" });
    }

    private async Task UntilNoStreamsAsync()
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < StreamsEnd; await Task.Delay(10))
        {
            var seen = await backend.AskAsync(new JsonObject { ["do"] = "count" });
            if ((int)seen["open"]! == 0)
            {
                return;
            }
        }

        throw new BenchException("Viewers left, and their streams at the backend are still open after 10 s.");
    }

    private Task<JsonObject> MeasureAsync() => client.AskAsync(new JsonObject { ["do"] = "measure", ["seconds"] = workload.Seconds });

    /// <summary>Runs what is measured between two looks at the clocks of all processes.</summary>
    private async Task<Dictionary<string, double>> CountedAsync(Child bridge, Func<Task<JsonObject>> run)
    {
        await backend.AskAsync(new JsonObject { ["do"] = "mark" });
        var before = (bridge.CpuSeconds, client.CpuSeconds, backend.CpuSeconds);
        var result = await run();
        var after = (bridge.CpuSeconds, client.CpuSeconds, backend.CpuSeconds);
        var streams = await backend.AskAsync(new JsonObject { ["do"] = "count" });
        var (events, seconds) = ((double)result["events"]!, (double)result["seconds"]!);
        EnsureWhole(result);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Metric.Seconds] = seconds,
            [Metric.Cores] = (after.Item1 - before.Item1) / seconds,
            [Metric.Streams] = (double)streams["most"]!,
        };
        if (events > 0)
        {
            figures[Metric.Cpu] = (after.Item1 - before.Item1) / events * 1e6;
            figures[Metric.ClientCpu] = (after.Item2 - before.Item2) / events * 1e6;
            figures[Metric.BackendCpu] = (after.Item3 - before.Item3) / events * 1e6;
            figures[Metric.Rate] = events / seconds;
        }

        foreach (var name in new[] { Metric.P50, Metric.P99, Metric.Refusals })
        {
            if (result[name] is { } value)
            {
                figures[name] = double.Parse(value.ToString(), CultureInfo.InvariantCulture);
            }
        }

        return figures;
    }

    private static void EnsureWhole(JsonObject result)
    {
        var (gaps, ended) = ((long)result["gaps"]!, (long?)result["ended"] ?? 0);
        if (gaps > 0 || ended > 0)
        {
            throw new BenchException($"{gaps} ids weren't contiguous, and {ended} connections ended.");
        }
    }

    private JsonObject Command(string what, string job) =>
        new()
        {
            ["do"] = what,
            ["url"] = Target.Url(port),
            ["speech"] = target.Speech,
            ["job"] = job,
            ["viewers"] = workload.Viewers,
            ["jobs"] = workload.Jobs ?? workload.Viewers,
        };
}
