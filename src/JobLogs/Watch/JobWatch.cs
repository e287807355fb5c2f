using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Watch;

/// <summary>
/// One stream. History and live are the same read, "the events after the cursor", so there is no seam at which one
/// could be lost or sent twice: what differs is only how they are wrapped.
/// </summary>
internal sealed class JobWatch(
    IJobLog log,
    WatchJobRequest request,
    IAsyncStreamWriter<WatchJobResponse> responses,
    HeartbeatClock heartbeats
)
{
    private string epoch = "";
    private long cursor;

    public async Task RunAsync(CancellationToken token)
    {
        var opening = await OpenAsync(token);
        await SendAsync(new WatchJobResponse { Subscribed = Subscribed(opening.State) }, token);
        if (request.HasAfterEventId)
        {
            await ReplayAsync(opening, token);
        }

        var ended = opening.State.Ended && cursor >= opening.State.LastId;
        if (!request.HistoryOnly && !ended)
        {
            await FollowAsync(token);
        }
    }

    private async ValueTask<JobLogPage> OpenAsync(CancellationToken token)
    {
        var page = request.HasAfterEventId
            ? await log.ReadAsync(request.JobId, request.AfterEventId, token) ?? throw WatchFault.UnknownJob()
            : new JobLogPage(await log.FindAsync(request.JobId, token) ?? throw WatchFault.UnknownJob(), []);
        var state = page.State;
        if (request.Epoch.Length > 0 && request.Epoch != state.Epoch)
        {
            throw WatchFault.OtherEpoch();
        }

        epoch = state.Epoch;
        if (!request.HasAfterEventId)
        {
            cursor = state.LastId;
            return page;
        }

        var isBefore = request.AfterEventId < state.EarliestId - 1;
        if (request.AfterEventId > 0 && (isBefore || request.AfterEventId > state.LastId))
        {
            throw WatchFault.OutOfRange(state);
        }

        // 0 asks for what there is: the log begins where it begins.
        cursor = isBefore ? state.EarliestId - 1 : request.AfterEventId;
        return page;
    }

    private static Subscribed Subscribed(JobLogState opening)
    {
        var subscribed = new Subscribed
        {
            Epoch = opening.Epoch,
            LastEventId = opening.LastId,
            Ended = opening.Ended,
        };
        if (opening.EarliestId > 1)
        {
            subscribed.EarliestEventId = opening.EarliestId;
        }

        return subscribed;
    }

    /// <summary>Sends what there was when the watch began; a busy job would otherwise never be done with its history.</summary>
    private async Task ReplayAsync(JobLogPage opening, CancellationToken token)
    {
        var page = opening;
        while (true)
        {
            var replay = new Replay { Events = { page.Events.TakeWhile(e => e.Id <= opening.State.LastId) } };
            cursor = replay.Events.Count > 0 ? replay.Events[^1].Id : cursor;
            replay.HasMore = cursor < opening.State.LastId;
            if (!replay.HasMore)
            {
                await SendAsync(new WatchJobResponse { Replay = replay }, token);
                return;
            }

            // One page is read while the one before it is encoded and sent. Should either fail, the other one has ended, too.
            var next = Task.Run(() => ReadOnAsync(token).AsTask(), token);
            await Task.WhenAll(SendAsync(new WatchJobResponse { Replay = replay }, token), next);
            page = await next;
        }
    }

    private async Task FollowAsync(CancellationToken token)
    {
        while (true)
        {
            if (!await log.WaitAsync(request.JobId, cursor, heartbeats.UntilNext, token))
            {
                // This loop is the order that sends events: all up to the cursor are out.
                await SendAsync(new WatchJobResponse { Heartbeat = new Heartbeat { LastEventId = cursor } }, token);
                continue;
            }

            var page = await ReadOnAsync(token);
            foreach (var jobEvent in page.Events)
            {
                await SendAsync(new WatchJobResponse { Event = jobEvent }, token);
                cursor = jobEvent.Id;
            }

            if (page.State.Ended && cursor == page.State.LastId)
            {
                return;
            }
        }
    }

    /// <summary>Reads after the cursor. If the log was cut short in between, the watch has lagged too far behind and is told.</summary>
    private async ValueTask<JobLogPage> ReadOnAsync(CancellationToken token)
    {
        var page = await log.ReadAsync(request.JobId, cursor, token) ?? throw WatchFault.UnknownJob();
        if (page.State.Epoch != epoch)
        {
            throw WatchFault.EpochChanged();
        }

        return cursor >= page.State.EarliestId - 1 ? page : throw WatchFault.OutOfRange(page.State);
    }

    private Task SendAsync(WatchJobResponse response, CancellationToken token) => responses.WriteAsync(response, token);
}
