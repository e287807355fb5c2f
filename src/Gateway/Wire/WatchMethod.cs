using Google.Protobuf;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>WatchJob with our own marshaller for the answer: see <see cref="WatchMessage"/>.</summary>
internal static class WatchMethod
{
    public static readonly Method<WatchJobRequest, WatchMessage> WatchJob = new(
        MethodType.ServerStreaming,
        OptimizerService.Descriptor.FullName,
        nameof(OptimizerService.OptimizerServiceBase.WatchJob),
        Marshallers.Create<WatchJobRequest>(
            (request, context) => context.Complete(request.ToByteArray()),
            _ => throw new NotSupportedException("The gateway reads no requests.")
        ),
        Marshallers.Create<WatchMessage>(
            (_, _) => throw new NotSupportedException("The gateway writes no answers."),
            context => WatchMessage.Read(context.PayloadAsReadOnlySequence())
        )
    );
}
