using System.Data.Common;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Watch;

/// <summary>The gRPC front: checks what is asked, and turns every end of a watch into a status.</summary>
internal sealed partial class WatchJobService<TLog>(
    TLog log,
    OpenWatches watches,
    IOptions<WatchJobOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<WatchJobService<TLog>> logger
) : OptimizerService.OptimizerServiceBase
    where TLog : class, IJobLog
{
    public override async Task WatchJob(
        WatchJobRequest request,
        IServerStreamWriter<WatchJobResponse> responseStream,
        ServerCallContext context
    )
    {
        Check(request);
        var watch = new JobWatch(log, request, responseStream, new HeartbeatClock(options.Value.HeartbeatInterval, time));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        watches.Add();
        try
        {
            await watch.RunAsync(stop.Token);
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            // Nobody is there to be told; thrown on as it is it would be logged as a fault of ours.
            throw new RpcException(Status.DefaultCancelled);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw WatchFault.Stopping();
        }
        catch (Exception error) when (error is DbException or IOException or TimeoutException)
        {
            LogUnreadable(error.FirstLine(), request.JobId);
            throw WatchFault.Unreadable();
        }
        finally
        {
            watches.Remove();
        }
    }

    private static void Check(WatchJobRequest request)
    {
        if (!JobIds.IsAllowed(request.JobId))
        {
            throw WatchFault.BadRequest($"job_id must be 1 to {JobIds.MaxLength} characters without control characters.");
        }

        if (request.HasAfterEventId && request.AfterEventId < 0)
        {
            throw WatchFault.BadRequest("after_event_id must not be negative.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The events of {JobId} can't be read: {Error}")]
    private partial void LogUnreadable(string error, string jobId);
}
