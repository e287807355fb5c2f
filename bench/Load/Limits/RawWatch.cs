using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Load.Limits;

/// <summary>WatchJob with messages that are read as bytes and go nowhere.</summary>
internal static class RawWatch
{
    private static readonly object Discarded = new();

    private static readonly Method<WatchJobRequest, object> WatchJob = new(
        MethodType.ServerStreaming,
        "optimization.v1.OptimizerService",
        "WatchJob",
        Marshallers.Create(request => request.ToByteArray(), _ => new WatchJobRequest()),
        Marshallers.Create((_, _) => throw new NotSupportedException(), Discard)
    );

    public static GrpcChannel Connect(Uri backend) =>
        GrpcChannel.ForAddress(
            backend,
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
                MaxReceiveMessageSize = null,
            }
        );

    public static AsyncServerStreamingCall<object> Open(GrpcChannel channel, WatchJobRequest request) =>
        channel.CreateCallInvoker().AsyncServerStreamingCall(WatchJob, null, default, request);

    private static object Discard(DeserializationContext context)
    {
        context.PayloadAsReadOnlySequence();
        return Discarded;
    }
}
