using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>
/// One stream. History and live are the same read, "the events after the cursor", so there is no seam at which one
/// could be lost or sent twice: what differs is only how they are wrapped.
/// </summary>
internal sealed class JobWatch(
    IJobLog log,
    WatchJobRequest request,
    IAsyncStreamWriter<WatchJobResponse> responses,
    TimeSpan heartbeatInterval
)
{
    private long cursor;

    public async Task RunAsync(CancellationToken token)
    {
        var opening = Open();
        await SendAsync(new WatchJobResponse { Subscribed = Subscribed(opening) }, token);
        if (request.HasAfterEventId)
        {
            await ReplayAsync(opening, token);
        }

        var ended = opening.Ended && cursor >= opening.LatestId;
        if (!request.HistoryOnly && !ended)
        {
            await FollowAsync(token);
        }
    }

    private LogPage Open()
    {
        if (request.Epoch.Length > 0 && request.Epoch != log.Epoch)
        {
            throw WatchFault.OtherEpoch();
        }

        if (!request.HasAfterEventId)
        {
            var bounds = log.Read(long.MaxValue);
            cursor = bounds.LatestId;
            return bounds;
        }

        var page = log.Read(request.AfterEventId);
        var isBefore = request.AfterEventId < page.EarliestId - 1;
        if (request.AfterEventId > 0 && (isBefore || request.AfterEventId > page.LatestId))
        {
            throw WatchFault.OutOfRange(page);
        }

        // 0 asks for what there is: the log begins where it begins.
        cursor = isBefore ? page.EarliestId - 1 : request.AfterEventId;
        return page;
    }

    private Subscribed Subscribed(LogPage opening)
    {
        var subscribed = new Subscribed
        {
            Epoch = log.Epoch,
            LastEventId = opening.LatestId,
            Ended = opening.Ended,
        };
        if (opening.EarliestId > 1)
        {
            subscribed.EarliestEventId = opening.EarliestId;
        }

        return subscribed;
    }

    /// <summary>Sends what there was when the watch began; a busy job would otherwise never be done with its history.</summary>
    private async Task ReplayAsync(LogPage opening, CancellationToken token)
    {
        var page = opening;
        while (true)
        {
            var replay = new Replay { Events = { page.Events.TakeWhile(e => e.Id <= opening.LatestId) } };
            cursor = replay.Events.Count > 0 ? replay.Events[^1].Id : cursor;
            replay.HasMore = cursor < opening.LatestId;
            await SendAsync(new WatchJobResponse { Replay = replay }, token);
            if (!replay.HasMore)
            {
                return;
            }

            page = ReadOn();
        }
    }

    private async Task FollowAsync(CancellationToken token)
    {
        while (true)
        {
            if (!await log.AppendedAsync(cursor, heartbeatInterval, token))
            {
                // This loop is the order that sends events: all up to the cursor are out.
                await SendAsync(new WatchJobResponse { Heartbeat = new Heartbeat { LastEventId = cursor } }, token);
                continue;
            }

            var page = ReadOn();
            foreach (var jobEvent in page.Events)
            {
                await SendAsync(new WatchJobResponse { Event = jobEvent }, token);
                cursor = jobEvent.Id;
            }

            if (page.Ended && cursor == page.LatestId)
            {
                return;
            }
        }
    }

    /// <summary>Reads after the cursor. If the log was cut short in between, the watch has lagged too far behind and is told.</summary>
    private LogPage ReadOn()
    {
        var page = log.Read(cursor);
        return cursor >= page.EarliestId - 1 ? page : throw WatchFault.OutOfRange(page);
    }

    private Task SendAsync(WatchJobResponse response, CancellationToken token) => responses.WriteAsync(response, token);
}
