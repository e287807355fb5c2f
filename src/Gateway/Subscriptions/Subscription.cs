using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// One job on one connection. It has a seat in the job's feed, or a watch of its own: until it has caught up with the feed, and whenever the
/// feed grants it no seat. While its lane is full it doesn't read its own watch on, and so holds back the backend.
/// </summary>
/// <param name="request">The client's <c>subscribe</c>.</param>
/// <param name="source">The source of watches and seats.</param>
/// <param name="lane">The lane for its messages.</param>
/// <param name="replacesOpen">True if the client believes that an earlier subscription to the job is open: a seek.</param>
/// <param name="timeline">The connection's timeline; null if none is kept.</param>
internal sealed class Subscription(
    ClientMessage request,
    JobSource source,
    LaneTicket lane,
    bool replacesOpen,
    TimeProvider time,
    GatewayMetrics metrics,
    Timeline? timeline
)
{
    private readonly DateTimeOffset since = time.GetUtcNow();
    private readonly SubscriptionMessages messages = new(request, lane, replacesOpen, time, metrics, timeline);
    private volatile JobWatcher? watcher;
    private volatile Seat? seated;

    /// <summary>Returns the subscription as it is now. Can be called from any thread.</summary>
    /// <param name="waiting">The state of its lane.</param>
    public SubscriptionView View(in LaneView waiting) =>
        new(
            request.JobId,
            since,
            request.AfterEventId,
            messages.State,
            messages.Ended,
            messages.LastError,
            waiting,
            watcher?.View,
            seated is { } seat ? new SeatView(seat.Cursor, seat.Feed.View) : null
        );

    /// <summary>Runs until the client has been told the reason of its end, or wants no more and gets no more.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled in the middle of a step.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        metrics.SubscriptionStarted(TagValue.Of(messages.State));
        try
        {
            if (await FollowAsync(stop) is not { } end)
            {
                return;
            }

            messages.Cursor = watcher?.Cursor;
            await messages.WriteEndAsync(end);
            await lane.DrainedAsync();
        }
        finally
        {
            metrics.SubscriptionEnded(TagValue.Of(messages.State));
        }
    }

    /// <returns>The end of the job's watch; null if the client wanted no more.</returns>
    private async Task<WatchStep.Ended?> FollowAsync(CancellationToken stop)
    {
        var start = source.StartOf(request, historyOnly: false, lane.Owner, timeline);
        var key = source.Feeds.KeyOf(start);
        var asked = new SeatRequest(request.AfterEventId, request.Epoch ?? "", IsOpen: false);
        var (seat, turn) = key is null ? default : await source.Feeds.SitAsync(key, messages, asked, stop);
        if (seat is not null)
        {
            var opened = new WatchStep.Opened(seat.Feed.Epoch, seat.HeadAtJoin, seat.Feed.EarliestEventId);
            await messages.WriteSubscribedAsync(opened);
        }

        while (true)
        {
            if (seat is not null)
            {
                var end = await SitAsync(seat, stop);
                if (end is not null || stop.IsCancellationRequested)
                {
                    return end;
                }

                metrics.ViewerFell();
                messages.Note(TimelineEntryKind.StreamAlone, code: null, seat.Cursor);
                start = start with
                {
                    AfterEventId = seat.Cursor,
                    Epoch = seat.Feed.Epoch,
                    Resumed = new ResumedWatch(messages.EarliestTold),
                };
            }

            using (turn)
            {
                if (stop.IsCancellationRequested)
                {
                    return null;
                }

                var own = new OwnWatch(start, key, source, messages, lane, turn, time);
                watcher = own.Watcher;
                (seat, var ended) = await own.FollowAsync(stop);
                if (seat is null)
                {
                    return ended;
                }
            }
        }
    }

    /// <summary>Has the lane read from the seat until the seat is lost.</summary>
    /// <returns>The end of the job's watch; null if the viewer needs a watch of its own, or the token was cancelled.</returns>
    private async Task<WatchStep.Ended?> SitAsync(Seat seat, CancellationToken stop)
    {
        watcher = seat.Feed.Watcher;
        seated = seat;
        try
        {
            lane.Attach(seat);
            // Viewers come and go all the time, and an exception for each would be thrown once more by every method on its way.
            await ((Task)seat.Left.WaitAsync(stop)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return seat.Left switch
            {
                { IsCompleted: false } => null,
                { Result: SeatEnd.Ended ended } => ended.Step,
                { Result: SeatEnd.Faulted faulted } => throw new InvalidOperationException("A job's feed failed.", faulted.Fault),
                _ => null,
            };
        }
        finally
        {
            seated = null;
            lane.Attach(null);
            seat.Leave();
        }
    }
}
