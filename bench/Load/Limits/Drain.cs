using System.Text.Json.Nodes;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Load.Limits;

/// <summary>The limit of any bridge over Grpc.Net.Client: streams that are read as bytes and go nowhere.</summary>
internal static class Drain
{
    public static Task<int> RunAsync(Uri backend)
    {
        var channel = RawWatch.Connect(backend);
        return Commands.ServeAsync(command => AnswerAsync(channel, command));
    }

    /// <summary>Reads one stream a viewer: a history to its end, of a live job as many messages as it has events.</summary>
    private static async Task<JsonObject> AnswerAsync(GrpcChannel channel, JsonObject command)
    {
        var start = Moment.Now;
        var streams = Enumerable.Range(0, (int)command.Number("viewers", 1)).Select(i => ReadAsync(channel, command, i));
        await Task.WhenAll(streams);
        var events = command.Number("events") * command.Number("viewers", 1);
        return new JsonObject
        {
            ["events"] = events,
            ["seconds"] = (Moment.Now - start) / 1e6,
            ["gaps"] = 0,
        };
    }

    private static async Task ReadAsync(GrpcChannel channel, JsonObject command, int number)
    {
        var job = ((string)command["job"]!).Replace("*", $"{number}", StringComparison.Ordinal);
        var isLive = JobName.Parse(job)!.Kind == JobKind.Live;
        var request = new WatchJobRequest
        {
            JobId = job,
            AfterEventId = 0,
            HistoryOnly = !isLive,
        };
        // Live: subscribed, an empty replay, and a message an event.
        var messages = isLive ? command.Number("events") + 2 : long.MaxValue;
        using var call = RawWatch.Open(channel, request);
        for (var read = 0L; read < messages && await call.ResponseStream.MoveNext(default); read++)
        {
            // The message went through the marshaller, and that is all.
        }
    }
}
