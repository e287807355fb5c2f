using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>A way to the backend, which carries watches.</summary>
internal sealed class Connection(GrpcChannel channel, Metadata metadata, TimeProvider time, Overheard overheard) : IDisposable
{
    private readonly OptimizerService.OptimizerServiceClient client = new(channel);

    public Watch Open(WatchJobRequest request, CancellationToken token) =>
        new(stop => client.WatchJob(request, metadata, cancellationToken: stop), request, time, overheard, token);

    public void Dispose() => channel.Dispose();
}
