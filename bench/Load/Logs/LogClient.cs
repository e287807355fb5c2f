using System.Diagnostics;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Load.Client;
using OptimizationGateway.Load.Limits;

namespace OptimizationGateway.Load.Logs;

/// <summary>Producers of a log server, and watches that read bytes, as the runner commands them.</summary>
internal sealed class LogClient
{
    private readonly List<AsyncServerStreamingCall<object>> watches = [];
    private readonly List<Task> reading = [];
    private GrpcChannel? channel;

    public static Task<int> RunAsync() => Commands.ServeAsync(new LogClient().AnswerAsync);

    private Task<JsonObject> AnswerAsync(JsonObject command) =>
        (string?)command["do"] switch
        {
            "append" => AppendAsync(command),
            "replay" => ReplayAsync(command),
            "watch" => WatchAsync(command),
            "close" => CloseAsync(),
            var other => throw new InvalidOperationException($"The log client knows no command '{other}'."),
        };

    /// <summary>
    /// Producers append one batch after the other, each to jobs of its own (<c>job</c> with its <c>*</c> replaced), for a time, or until there
    /// are a number of <c>events</c>; at a <c>pace</c> of batches a second, or as fast as they are answered.
    /// </summary>
    private static async Task<JsonObject> AppendAsync(JsonObject command)
    {
        var (producers, batch) = ((int)command.Number("producers", 1), (int)command.Number("batch", 1));
        var (jobs, pace) = ((int)command.Number("jobs", producers), command.Number("pace"));
        var (most, time) = (command.Number("events", long.MaxValue), TimeSpan.FromSeconds((double?)command["seconds"] ?? 600));
        await using IAppender appender = (string?)command["sql"] is { } sql
            ? await SqlAppender.OpenAsync(sql, producers)
            : new HttpAppender(new Uri((string)command["url"]!));
        var latencies = new Latencies();
        var (sent, made) = (0L, 0L);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, producers).Select(ProduceAsync));
        return new JsonObject
        {
            ["events"] = made,
            ["seconds"] = watch.Elapsed.TotalSeconds,
            ["p50"] = latencies.Quantile(0.5),
            ["p99"] = latencies.Quantile(0.99),
        };

        async Task ProduceAsync(int lane)
        {
            for (var turn = 0L; watch.Elapsed < time && Interlocked.Add(ref sent, batch) is var count && count <= most; turn++)
            {
                var number = jobs > producers ? count / batch % jobs : lane;
                var start = Moment.Now;
                await appender.AppendAsync(lane, ((string)command["job"]!).Replace("*", $"{number}", StringComparison.Ordinal), batch);
                latencies.Add(Moment.Now - start);
                Interlocked.Add(ref made, batch);
                if (pace > 0 && TimeSpan.FromSeconds((turn + 1.0) / pace) - watch.Elapsed is { Ticks: > 0 } early)
                {
                    await Task.Delay(early);
                }
            }
        }
    }

    private static async Task<JsonObject> ReplayAsync(JsonObject command)
    {
        using var connected = RawWatch.Connect(new Uri((string)command["url"]!));
        var request = new WatchJobRequest
        {
            JobId = (string)command["job"]!,
            AfterEventId = 0,
            HistoryOnly = true,
        };
        var start = Moment.Now;
        using var call = RawWatch.Open(connected, request);
        while (await call.ResponseStream.MoveNext(default))
        {
            // Its bytes have been here.
        }

        return new JsonObject { ["events"] = command.Number("events"), ["seconds"] = (Moment.Now - start) / 1e6 };
    }

    /// <summary>Watches each of a number of jobs from now on. Answers when all streams have begun.</summary>
    private async Task<JsonObject> WatchAsync(JsonObject command)
    {
        // Those of a run that failed.
        await CloseAsync();
        channel = RawWatch.Connect(new Uri((string)command["url"]!));
        var jobs = (int)command.Number("jobs");
        for (var number = 0; number < jobs; number++)
        {
            var job = ((string)command["job"]!).Replace("*", $"{number}", StringComparison.Ordinal);
            watches.Add(RawWatch.Open(channel, new WatchJobRequest { JobId = job }));
        }

        foreach (var watch in watches)
        {
            await watch.ResponseStream.MoveNext(default);
            reading.Add(ReadOnAsync(watch));
        }

        return new JsonObject { ["events"] = 0, ["seconds"] = 0 };
    }

    private static async Task ReadOnAsync(AsyncServerStreamingCall<object> watch)
    {
        try
        {
            while (await watch.ResponseStream.MoveNext(default))
            {
                // A heartbeat.
            }
        }
        catch (RpcException)
        {
            // Closed, or ended: that is counted.
        }
    }

    /// <summary>Answers how many of the watches had ended by themselves.</summary>
    private async Task<JsonObject> CloseAsync()
    {
        var ended = reading.Count(one => one.IsCompleted);
        watches.ForEach(watch => watch.Dispose());
        await Task.WhenAll(reading);
        watches.Clear();
        reading.Clear();
        channel?.Dispose();
        return new JsonObject { ["ended"] = ended };
    }
}
