using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Callers;

namespace OptimizationGateway.LogServer.Rpc;

/// <summary>Appends over gRPC, by the same rules as over HTTP.</summary>
[BindServiceMethod(typeof(EventLogBinding), nameof(EventLogBinding.BindService))]
internal sealed class EventLogGrpcService(Appender appender, CallerDoor door, CallerLimits callers) : EventLogService.EventLogServiceBase
{
    public override async Task<AppendEventsResponse> AppendEvents(AppendEventsRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var permit = await door.AskAsync(http);
        var append = AppendEventsCheck.Read(request);
        permit.CheckAppend(request.JobId);
        using var place = callers.Enter(http.Connection.RemoteIpAddress);
        var result = await appender.AppendAsync(append, "events", context.CancellationToken);
        var response = new AppendEventsResponse
        {
            Epoch = result.State.Epoch,
            LastEventId = result.State.LastId,
            Ended = result.State.Ended,
            IsNew = result.IsNew,
            IsRepeat = result.IsRepeat,
        };
        if (result.ProducerSequence is { } sequence)
        {
            response.ProducerSequence = sequence;
        }

        return response;
    }
}
