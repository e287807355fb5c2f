using System.Globalization;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Bench.Logs;

/// <summary>One run of one workload with one log server. Every run has new processes and an empty log.</summary>
internal sealed class LogMeasurement(LogWorkload workload, LogTarget target, Child client, Child viewer, string root)
{
    /// <summary>The compiler counts calls, and compiles for speed once nothing new was called for a while.</summary>
    private const int WarmUpAppends = 15_000;
    private const int WarmUpReplays = 4;
    private const double MostWarmUpSeconds = 15;
    private const int LoadingProducers = 32;
    private const int LoadingBatch = 500;
    private const int Pace = 50;
    private const string Job = "measured-*";

    /// <summary>Longer than a log server looks often after jobs in which something happened.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);

    private readonly int http = Child.FreePort();
    private readonly int grpc = Child.FreePort();

    private string GrpcUrl => $"http://127.0.0.1:{grpc}";

    /// <returns>The figures by name (<see cref="Metric"/>).</returns>
    public async Task<Dictionary<string, double>> RunAsync()
    {
        using var engine = target.Open();
        await using var server = target.Kind == TargetKind.Limit ? null : await StartAsync(engine);
        return workload.Kind switch
        {
            LogWorkloadKind.Append => await AppendAsync(server, engine),
            LogWorkloadKind.Socket => await SocketAsync(server!, engine),
            LogWorkloadKind.Replay => await ReplayAsync(server!, engine),
            _ => await QuietAsync(server!, engine),
        };
    }

    private Task<Child> StartAsync(LogEngine engine) =>
        Child.StartListeningAsync(
            target.Name,
            http,
            [
                "dotnet",
                Target.Program(root, "src/LogServer", "LogServer"),
                $"--LogServer:HttpUrl=http://127.0.0.1:{http}",
                $"--LogServer:GrpcUrl={GrpcUrl}",
                "--LogServer:Limits:AppendsPerSecond=1000000",
                .. engine.Settings,
            ]
        );

    private async Task<Dictionary<string, double>> AppendAsync(Child? server, LogEngine engine)
    {
        var warmUp = Append(engine, "warm-*", MostWarmUpSeconds);
        warmUp["events"] = WarmUpAppends * workload.Batch;
        await client.AskAsync(warmUp);
        return await CountedAsync(server, engine, () => client.AskAsync(Append(engine, Job, workload.Seconds)));
    }

    private async Task<Dictionary<string, double>> SocketAsync(Child server, LogEngine engine)
    {
        var port = Child.FreePort();
        string[] gateway =
        [
            "dotnet",
            Target.Program(root, "src/Gateway", "Gateway"),
            $"--Urls=http://127.0.0.1:{port}",
            $"--Gateway:Backends:log:Address={GrpcUrl}",
        ];
        await using var bridge = await Child.StartListeningAsync("the gateway", port, gateway);
        var append = Append(engine, Job, MostWarmUpSeconds);
        append["pace"] = Pace;
        append["events"] = 1;
        await client.AskAsync(append.DeepClone().AsObject());
        append.Remove("events");
        await viewer.AskAsync(
            new JsonObject
            {
                ["do"] = "open",
                ["url"] = Target.Url(port),
                ["speech"] = "Plain",
                ["job"] = Job,
            }
        );
        await client.AskAsync(append.DeepClone().AsObject());
        append["seconds"] = workload.Seconds + 1;
        var appending = client.AskAsync(append);
        var figures = await CountedAsync(
            server,
            engine,
            () => viewer.AskAsync(new JsonObject { ["do"] = "measure", ["seconds"] = workload.Seconds })
        );
        await appending;
        await viewer.AskAsync(new JsonObject { ["do"] = "close" });
        return figures;
    }

    private async Task<Dictionary<string, double>> ReplayAsync(Child server, LogEngine engine)
    {
        var load = Append(engine, Job, seconds: 600);
        (load["batch"], load["events"]) = (LoadingBatch, workload.Size);
        await client.AskAsync(load);
        var replay = new JsonObject
        {
            ["do"] = "replay",
            ["url"] = GrpcUrl,
            ["job"] = Job.Replace('*', '0'),
            ["events"] = workload.Size,
        };
        for (var pass = 0; pass < WarmUpReplays; pass++)
        {
            await client.AskAsync(replay.DeepClone().AsObject());
            await Task.Delay(500);
        }

        return await CountedAsync(server, engine, () => client.AskAsync(replay));
    }

    private async Task<Dictionary<string, double>> QuietAsync(Child server, LogEngine engine)
    {
        var create = Append(engine, Job, seconds: 600);
        (create["producers"], create["jobs"], create["events"]) = (LoadingProducers, workload.Size, workload.Size);
        await client.AskAsync(create);
        var before = server.ResidentKib;
        await client.AskAsync(
            new JsonObject
            {
                ["do"] = "watch",
                ["url"] = GrpcUrl,
                ["job"] = Job,
                ["jobs"] = workload.Size,
            }
        );
        await Task.Delay(Settling);
        var figures = await CountedAsync(
            server,
            engine,
            async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(workload.Seconds));
                return new JsonObject { ["events"] = 0.0, ["seconds"] = workload.Seconds };
            }
        );
        figures[Metric.Kib] = (server.ResidentKib - before) / workload.Size;
        var closed = await client.AskAsync(new JsonObject { ["do"] = "close" });
        return (int)closed["ended"]! == 0 ? figures : throw new BenchException($"{closed["ended"]} watches had ended.");
    }

    private JsonObject Append(LogEngine engine, string job, double seconds) =>
        new()
        {
            ["do"] = "append",
            ["url"] = $"http://127.0.0.1:{http}",
            ["sql"] = target.Kind == TargetKind.Limit ? engine.ConnectionString : null,
            ["job"] = job,
            ["producers"] = workload.Producers,
            ["batch"] = workload.Batch,
            ["seconds"] = seconds,
        };

    /// <summary>Runs what is measured between two looks at the clocks of all processes.</summary>
    private async Task<Dictionary<string, double>> CountedAsync(Child? server, LogEngine engine, Func<Task<JsonObject>> run)
    {
        var before = (Server: server?.CpuSeconds ?? 0, Client: client.CpuSeconds, Database: engine.CpuSeconds);
        var result = await run();
        var spent = (
            Server: (server?.CpuSeconds ?? 0) - before.Server,
            Client: client.CpuSeconds - before.Client,
            Database: engine.CpuSeconds - before.Database
        );
        var (events, seconds) = ((double)result["events"]!, (double)result["seconds"]!);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Metric.Seconds] = seconds,
            [Metric.Cores] = spent.Server / seconds,
        };
        if (target.IsPostgres)
        {
            figures[Metric.DatabaseCores] = spent.Database / seconds;
        }

        if (events > 0)
        {
            figures[Metric.Rate] = events / seconds;
            figures[Metric.Cpu] = spent.Server / events * 1e6;
            figures[Metric.ClientCpu] = spent.Client / events * 1e6;
        }

        foreach (var name in new[] { Metric.P50, Metric.P99 })
        {
            if (result[name] is { } value)
            {
                figures[name] = double.Parse(value.ToString(), CultureInfo.InvariantCulture);
            }
        }

        return figures;
    }
}
