using Grpc.Core;
using Grpc.Core.Interceptors;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Callers;
using OptimizationGateway.LogServer.Http;
using OptimizationGateway.LogServer.Telemetry;

namespace OptimizationGateway.LogServer.Rpc;

/// <summary>Asks callers of gRPC who they are where the service itself doesn't, and turns refusals into statuses.</summary>
internal sealed class GrpcDoor(CallerDoor door, LogServerMetrics metrics, TimeProvider time) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        var (began, result) = (time.GetTimestamp(), "ok");
        try
        {
            var permit = request is ListJobsRequest or GetJobRequest ? await door.AskAsync(context.GetHttpContext()) : null;
            CheckWatch(permit, (request as GetJobRequest)?.JobId);
            var response = await continuation(request, context);
            Hide(response as ListJobsResponse, permit);
            return response;
        }
        catch (RefusedException refused)
        {
            result = refused.Refusal.Code;
            throw Of(refused.Refusal);
        }
        finally
        {
            if (request is AppendEventsRequest)
            {
                metrics.Answered("grpc", result, time.GetElapsedTime(began));
            }
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            if (request is WatchJobRequest watch)
            {
                CheckWatch(await door.AskAsync(context.GetHttpContext()), watch.JobId);
            }
        }
        catch (RefusedException refused)
        {
            throw Of(refused.Refusal);
        }

        await continuation(request, responseStream, context);
    }

    private static void CheckWatch(CallerPermit? permit, string? jobId)
    {
        if (permit is not null && jobId is not null && !permit.MayWatch(jobId))
        {
            throw new RefusedException(CallerRefusals.MayNotWatch);
        }
    }

    /// <summary>Takes out of a list what the caller may not watch. The page is shorter then, as the contract allows.</summary>
    private static void Hide(ListJobsResponse? list, CallerPermit? permit)
    {
        foreach (var hidden in list?.Jobs.Where(job => permit?.MayWatch(job.JobId) == false).ToList() ?? [])
        {
            list!.Jobs.Remove(hidden);
        }
    }

    private static RpcException Of(Refusal refusal)
    {
        var trailers = new Metadata { { "error-code", refusal.Code } };
        if (refusal.State is { } state)
        {
            trailers.Add("latest-event-id", EventsAnswer.Text(state.LastId));
        }

        if (refusal.ProducerEpoch is { } epoch)
        {
            trailers.Add("producer-epoch", EventsAnswer.Text(epoch));
        }

        if (refusal.Sequence is { } sequence)
        {
            trailers.Add("producer-expected-sequence", EventsAnswer.Text(sequence.Expected));
        }

        return new RpcException(new Status(refusal.Grpc, refusal.Text), trailers);
    }
}
