using Grpc.Core;
using Grpc.Core.Interceptors;

namespace OptimizationGateway.Faults.Programs;

/// <summary>Counts the streams that a backend has open.</summary>
internal sealed class WatchCount(Gauges gauges) : Interceptor
{
    public const string Name = "backend.streams";

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        gauges.Add(Name, 1);
        try
        {
            await continuation(request, responseStream, context);
        }
        finally
        {
            gauges.Add(Name, -1);
        }
    }
}
