using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>The front: finds the log, refuses what it can't serve, counts.</summary>
internal sealed class BreakableService(BreakableHost host) : OptimizerService.OptimizerServiceBase
{
    public override async Task WatchJob(
        WatchJobRequest request,
        IServerStreamWriter<WatchJobResponse> responseStream,
        ServerCallContext context
    )
    {
        var life = host.Life;
        var cancelled = host.Fault == Fault.CancellationSeenByWritesOnly ? default : context.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled, host.Stopping, life);
        host.Entered();
        try
        {
            if (host.Fault == Fault.CancelledWatchesKeepASlot)
            {
                await host.Slots.WaitAsync(stop.Token);
            }

            if (host.Fault == Fault.CancelledWatchesKeepASlotAndTheNextIsRefused && !await host.Slots.WaitAsync(TimeSpan.Zero, stop.Token))
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "no free thread"));
            }

            var log = Find(request);
            Check(request, log);
            var sender = new Sender(responseStream, host);
            await using (sender)
            {
                await new BreakableWatch(log, request, sender, host, context).RunAsync(stop.Token);
            }

            // The mistake: only the way out without an exception gives it back.
            if (host.Fault is Fault.CancelledWatchesKeepASlot or Fault.CancelledWatchesKeepASlotAndTheNextIsRefused)
            {
                host.Slots.Release();
            }
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "killed"));
        }
        catch (OperationCanceledException) when (host.Fault == Fault.CancellationIgnored)
        {
            await Task.Delay(Timeout.Infinite, host.Stopping);
        }
        catch (Exception e) when (host.Fault == Fault.CancellationSeenByWritesOnly && e is InvalidOperationException or IOException)
        {
            // A write has failed: the watcher has gone.
        }
        finally
        {
            host.Left();
        }
    }

    private JobLog Find(WatchJobRequest request) =>
        host.Jobs.Find(request.JobId)
        ?? host.Fault switch
        {
            Fault.EmptyLogForAnUnknownJob => new MemoryLog(),
            Fault.WrongStatusForAnUnknownJob => throw new RpcException(new Status(StatusCode.Internal, "KeyError")),
            _ => throw new RpcException(new Status(StatusCode.NotFound, "unknown job")),
        };

    private void Check(WatchJobRequest request, JobLog log)
    {
        if (request.Epoch.Length > 0 && request.Epoch != log.Epoch && host.Fault != Fault.EpochIgnored)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "another log"));
        }

        if (request.AfterEventId > log.Look().Last && host.Fault != Fault.CursorAheadAccepted)
        {
            var latest = host.Fault == Fault.OutOfRangeWithWordsInTrailers ? "the newest" : $"{log.Look().Last}";
            var trailers = new Metadata { { "earliest-event-id", "1" }, { "latest-event-id", latest } };
            throw new RpcException(
                new Status(StatusCode.OutOfRange, "beyond the log"),
                host.Fault == Fault.OutOfRangeWithoutTrailers ? [] : trailers
            );
        }
    }
}
