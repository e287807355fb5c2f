using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>WatchJob, correct but for one fault. The faults of single messages are in <see cref="Distortion"/>.</summary>
internal sealed class BreakableWatch(JobLog log, WatchJobRequest request, Sender sender, BreakableHost host, ServerCallContext context)
{
    private const int MaxEvents = 500;
    private const int MaxBytes = 1024 * 1024;

    private readonly Distortion distortion = new(host.Fault);
    private readonly Fault fault = host.Fault;
    private long cursor;

    public async Task RunAsync(CancellationToken token)
    {
        var opening = log.Look();
        var replays = request.HasAfterEventId || fault == Fault.LiveOnlyReplays;
        cursor = replays || fault == Fault.LiveOnlyFromTheStart ? request.AfterEventId : opening.Last;
        if (fault == Fault.CursorInclusive && cursor > 0)
        {
            cursor--;
        }

        await OpenAsync(opening, token);
        var joined = opening.Last;
        if (replays)
        {
            await StoreAsync(Fault.RepeatAtTheSeam, token);
            await ReplayAsync(fault == Fault.RepeatAtTheSeam ? log.Look().Last : opening.Last, token);
        }

        await StoreAsync(Fault.GapAtTheSeam, token);
        cursor = fault switch
        {
            // The mistakes: the feed is joined after the history was sent; or before it was read, and nobody compares.
            Fault.GapAtTheSeam => log.Look().Last,
            Fault.RepeatAtTheSeam when request.HasAfterEventId => joined,
            _ => cursor,
        };
        if (request.HistoryOnly && fault != Fault.HistoryOnlyDoesNotEnd || opening.Ended)
        {
            await EndAsync(token);
            return;
        }

        await FollowAsync(token);
    }

    private async Task OpenAsync(LogState opening, CancellationToken token)
    {
        if (fault == Fault.HeadersInsteadOfAFirstMessage)
        {
            await context.WriteResponseHeadersAsync([]);
        }

        if (fault is Fault.LateSubscribed or Fault.HeadersInsteadOfAFirstMessage && !opening.Ended)
        {
            await opening.Appended.WaitAsync(token);
        }

        if (fault == Fault.SubscribedAfterAnEvent && log.Read(0, opening.Last).FirstOrDefault() is { } early)
        {
            await sender.SendAsync(new WatchJobResponse { Event = early }, token);
        }

        var subscribed = new Subscribed
        {
            Epoch = fault == Fault.EpochOfEachStream ? Guid.NewGuid().ToString() : log.Epoch,
            Ended = opening.Ended && fault != Fault.EndedIsNotSaid,
        };
        if (fault != Fault.NoLastEventId)
        {
            subscribed.LastEventId = opening.Last;
        }

        for (
            var times = fault switch
            {
                Fault.NoSubscribed => 0,
                Fault.SubscribedTwice => 2,
                _ => 1,
            };
            times > 0;
            times--
        )
        {
            await sender.SendAsync(new WatchJobResponse { Subscribed = subscribed }, token);
        }

        if (fault == Fault.LiveBeforeHistory && !opening.Ended && request.HasAfterEventId)
        {
            await opening.Appended.WaitAsync(token);
            await sender.SendAsync(new WatchJobResponse { Event = log.Read(opening.Last, long.MaxValue).First() }, token);
        }
    }

    private async Task ReplayAsync(long last, CancellationToken token)
    {
        if (fault == Fault.HistoryEndsBelowWhatItAnnounced && last > cursor)
        {
            last--;
        }

        if (fault == Fault.NoEmptyReplay && cursor >= last)
        {
            return;
        }

        bool hasMore;
        do
        {
            var batch = Batch(last);
            cursor = batch.Count > 0 ? batch[^1].Id : cursor;
            hasMore = log.Read(cursor, last).Any();
            var replay = new Replay { HasMore = hasMore || fault == Fault.HasMoreNeverFalse };
            replay.Events.AddRange(distortion.History(batch));
            await sender.SendAsync(new WatchJobResponse { Replay = replay }, token);
        } while (hasMore);
    }

    private List<JobEvent> Batch(long last)
    {
        var bytes = 0;
        var most = fault == Fault.BatchOfTooManyEvents ? MaxEvents + 1 : MaxEvents;
        return [.. log.Read(cursor, last).Take(most).TakeWhile((e, i) => (bytes += e.CalculateSize()) <= MaxBytes || i == 0)];
    }

    private async Task FollowAsync(CancellationToken token)
    {
        var beatAt = Environment.TickCount64;
        while (true)
        {
            var now = log.Look();
            if (fault == Fault.HeartbeatByATimer && Environment.TickCount64 - beatAt >= host.Heartbeat.TotalMilliseconds)
            {
                // The mistake: it names what the log has, and this stream hasn't sent.
                await sender.SendAsync(new WatchJobResponse { Heartbeat = new Heartbeat { LastEventId = now.Last } }, token);
                beatAt = Environment.TickCount64;
            }

            foreach (var jobEvent in log.Read(cursor, now.Last))
            {
                await SendLiveAsync(new WatchJobResponse { Event = distortion.Of(jobEvent) }, token);
                cursor = jobEvent.Id;
            }

            if (now.Ended || fault == Fault.OkWithoutATerminalEvent)
            {
                await EndAsync(token);
                return;
            }

            if (!await HappensAsync(now.Appended, token) && fault != Fault.NoHeartbeat)
            {
                var heartbeat = new Heartbeat { LastEventId = fault == Fault.HeartbeatAhead ? cursor + 1 : cursor };
                await sender.SendAsync(new WatchJobResponse { Heartbeat = heartbeat }, token);
            }
        }
    }

    private async Task SendLiveAsync(WatchJobResponse message, CancellationToken token)
    {
        if (fault != Fault.StuckReaderStopsTheJob)
        {
            await sender.SendAsync(message, token);
            return;
        }

        // The mistake: the log's lock is held until the watcher has taken it.
        await log.Writing.WaitAsync(token);
        try
        {
            await sender.SendAsync(message, token);
        }
        finally
        {
            log.Writing.Release();
        }
    }

    private async Task EndAsync(CancellationToken token)
    {
        if (fault == Fault.EventAfterATerminalOne)
        {
            await sender.SendAsync(new WatchJobResponse { Event = log.Read(0, 3).First() }, token);
        }

        if (fault == Fault.NoEndAfterATerminalEvent)
        {
            await Task.Delay(Timeout.Infinite, token);
        }

        await sender.FlushAsync(token);
        if (fault == Fault.BreaksOffAtTheEnd)
        {
            throw new RpcException(new Status(StatusCode.Aborted, "the worker is gone"));
        }
    }

    /// <summary>As long as a store takes for an answer: the time in which a wrong order shows.</summary>
    private Task StoreAsync(Fault when, CancellationToken token) => fault == when ? Task.Delay(1, token) : Task.CompletedTask;

    private async Task<bool> HappensAsync(Task appended, CancellationToken token)
    {
        try
        {
            await appended.WaitAsync(fault == Fault.HeartbeatWithoutAWait ? TimeSpan.Zero : host.Heartbeat, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
