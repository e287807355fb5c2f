using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>A way to the backend, which carries watches.</summary>
internal sealed class Connection(GrpcChannel channel, Metadata metadata, TimeProvider time, Overheard overheard) : IDisposable
{
    // The generated client's parser takes 33 levels of a Struct, fewer than an event may have.
    private static readonly Method<WatchJobRequest, WatchJobResponse> WatchJob = new(
        MethodType.ServerStreaming,
        OptimizerService.Descriptor.FullName,
        nameof(WatchJob),
        Marshallers.Create<WatchJobRequest>(
            (request, context) => context.Complete(request.ToByteArray()),
            _ => throw new NotSupportedException("The kit reads no requests.")
        ),
        Marshallers.Create<WatchJobResponse>(
            (_, _) => throw new NotSupportedException("The kit writes no answers."),
            context => Nesting.Parse(WatchJobResponse.Parser, context.PayloadAsNewBuffer())
        )
    );

    private readonly CallInvoker invoker = channel.CreateCallInvoker();

    /// <summary>Calls of JobsService.</summary>
    public JobListing List => new(invoker, metadata);

    public Watch Open(WatchJobRequest request, CancellationToken token) =>
        new(
            stop => invoker.AsyncServerStreamingCall(WatchJob, host: null, new CallOptions(metadata, cancellationToken: stop), request),
            request,
            time,
            overheard,
            token
        );

    public void Dispose() => channel.Dispose();
}
