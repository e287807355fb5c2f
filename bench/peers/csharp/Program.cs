using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.CSharpPeer;

// Usage: CSharpPeer <port> <backend's URL>
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
var app = builder.Build();
app.UseWebSockets();

var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
using var channel = GrpcChannel.ForAddress(args[1], new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = null });
var optimizer = new OptimizerService.OptimizerServiceClient(channel);

app.Map(
    "/ws/optimization",
    async http =>
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        try
        {
            var subscribe = await ReceiveAsync(socket, ended.Token);
            var watching = WatchAsync(socket, subscribe!, ended.Token);
            while (await ReceiveAsync(socket, ended.Token) is not null)
            {
                // One subscription a connection is enough for the comparison.
            }

            await ended.CancelAsync();
            await watching;
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or RpcException)
        {
            // The browser or the backend has gone.
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
);
await app.RunAsync();

async Task WatchAsync(WebSocket socket, ClientMessage subscribe, CancellationToken cancel)
{
    var job = subscribe.JobId;
    var request = new WatchJobRequest { JobId = job };
    if (subscribe.AfterEventId is { } cursor)
    {
        request.AfterEventId = cursor;
    }

    using var call = optimizer.WatchJob(request, cancellationToken: cancel);
    await foreach (var message in call.ResponseStream.ReadAllAsync(cancel))
    {
        switch (message.MessageCase)
        {
            case WatchJobResponse.MessageOneofCase.Subscribed:
                var subscribed = new SubscribedMessage("subscribed", job, message.Subscribed.Epoch, message.Subscribed.LastEventId);
                await SendAsync(socket, subscribed, Json.Default.SubscribedMessage, cancel);
                break;
            case WatchJobResponse.MessageOneofCase.Replay:
                var events = message.Replay.Events.Select(EventView.Of).ToList();
                var replay = new ReplayMessage("replay", job, events, message.Replay.HasMore);
                await SendAsync(socket, replay, Json.Default.ReplayMessage, cancel);
                break;
            case WatchJobResponse.MessageOneofCase.Event:
                var live = new EventMessage("event", job, EventView.Of(message.Event));
                await SendAsync(socket, live, Json.Default.EventMessage, cancel);
                break;
            default:
                break;
        }
    }
}

static ValueTask SendAsync<T>(WebSocket socket, T message, JsonTypeInfo<T> type, CancellationToken cancel) =>
    socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, type).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancel);

static async Task<ClientMessage?> ReceiveAsync(WebSocket socket, CancellationToken cancel)
{
    var buffer = new byte[4096];
    var received = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
    return received.MessageType == WebSocketMessageType.Close
        ? null
        : JsonSerializer.Deserialize(buffer.AsSpan(0, received.Count), Json.Default.ClientMessage);
}
