using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.SignalR;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.CSharpPeer;
using OptimizationGateway.SignalRPeer;

// Usage: SignalRPeer <port> <backend's URL>
var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
builder.Services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, Json.Default));
builder.Services.AddSingleton(_ =>
{
    var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
    var channel = GrpcChannel.ForAddress(args[1], new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = null });
    return new OptimizerService.OptimizerServiceClient(channel);
});
var app = builder.Build();
app.MapHub<OptimizationHub>("/ws/optimization");
await app.RunAsync();

namespace OptimizationGateway.SignalRPeer
{
    internal sealed class OptimizationHub(OptimizerService.OptimizerServiceClient optimizer) : Hub
    {
        public async IAsyncEnumerable<object> Subscribe(string jobId, long? afterEventId, [EnumeratorCancellation] CancellationToken cancel)
        {
            var request = new WatchJobRequest { JobId = jobId };
            if (afterEventId is { } cursor)
            {
                request.AfterEventId = cursor;
            }

            using var call = optimizer.WatchJob(request, cancellationToken: cancel);
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancel))
            {
                if (Translate(jobId, message) is { } item)
                {
                    yield return item;
                }
            }
        }

        private static object? Translate(string job, WatchJobResponse message) =>
            message.MessageCase switch
            {
                WatchJobResponse.MessageOneofCase.Subscribed => new SubscribedMessage(
                    "subscribed",
                    job,
                    message.Subscribed.Epoch,
                    message.Subscribed.LastEventId
                ),
                WatchJobResponse.MessageOneofCase.Replay => new ReplayMessage(
                    "replay",
                    job,
                    message.Replay.Events.Select(EventView.Of).ToList(),
                    message.Replay.HasMore
                ),
                WatchJobResponse.MessageOneofCase.Event => new EventMessage("event", job, EventView.Of(message.Event)),
                _ => null,
            };
    }
}
