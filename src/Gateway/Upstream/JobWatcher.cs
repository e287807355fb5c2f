using System.Runtime.CompilerServices;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// Watches one job for one client, over as many streams as it takes: opens, reads, and after a fault opens again at the cursor. What it
/// tells (<see cref="WatchStep"/>) has no gap and no repeat, whatever the backend went through.
/// </summary>
/// <remarks>Used by one consumer, who calls the other methods only between two steps.</remarks>
internal sealed class JobWatcher
{
    private readonly WatchStart start;
    private readonly Backend backend;
    private readonly TimeProvider time;
    private readonly WatchTranscript transcript;
    private readonly StreamPatience patience;
    private readonly Recovery recovery;
    private readonly WatchStanding standing;
    private readonly UselessMessages useless;

    private long? cursorBefore;
    private WatchFault? refusal;
    private WatchStream? current;
    private bool isLetGo;

    public JobWatcher(WatchStart start, Backend backend, UpstreamOptions options, TimeProvider time, GatewayMetrics metrics)
    {
        var outage = new Outage(time);
        var policy = new ReopenPolicy(time, options, start.HistoryOnly, Random.Shared);
        this.start = start;
        this.backend = backend;
        this.time = time;
        standing = new WatchStanding(backend.Name, start, time, metrics);
        patience = new StreamPatience(() => backend.ConfirmsWithin, options, policy, time, Random.Shared);
        transcript = new WatchTranscript(start, outage, options.MaxEventBytes, metrics.EventsDropped);
        useless = new UselessMessages(time);
        recovery = new Recovery(start, backend, transcript, outage, policy, time);
    }

    /// <summary>The id of the last event that was told; before the first, where the watch started.</summary>
    public long? Cursor => transcript.Position.Cursor;

    /// <summary>The watch as it is now. Unlike the rest this may be asked for from anywhere.</summary>
    public WatchView View =>
        new(standing, Cursor, transcript.Head, transcript.Epoch, standing.HasStream && transcript.IsSubscribed, recovery.OutageSince);

    /// <summary>The event of the last step can't be shown: what came before it in that step was. The stream is asked once more.</summary>
    public void Refuse(WatchStep step, WatchedEvent refused, BadEventReason reason)
    {
        var shown = step is WatchStep.History history ? history.Events.TakeWhile(e => e.Id != refused.Id).ToList() : [];
        transcript.Retract(step, shown.Count > 0 ? shown[^1].Id : cursorBefore ?? refused.Id - 1);
        refusal = WatchFault.BadEvent(refused.Id, reason);
    }

    /// <summary>The client can't take more for now: gives up the stream, so that it doesn't stall its neighbours. It is opened again at the next step.</summary>
    public void LetGo()
    {
        isLetGo = true;
        current?.Dispose();
    }

    /// <summary>Tells what happens, in order, until <see cref="WatchStep.Ended"/>.</summary>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public async IAsyncEnumerable<WatchStep> WatchAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var share = recovery.Share;
        while (true)
        {
            WatchFault? fault = null;
            using (var stream = current = Open(stop))
            {
                while (fault is null && !isLetGo)
                {
                    var reading = stream.ReadAsync(patience.Next(transcript.IsSubscribed));
                    while (recovery.NewsIn is { } left && !reading.IsCompleted)
                    {
                        await time.PendAsync(reading, left, stop);
                        if (recovery.News() is { } news)
                        {
                            yield return news;
                        }
                    }

                    var before = Cursor;
                    fault = Take(await reading);
                    while (transcript.TryTell(out var step))
                    {
                        yield return step;
                        if (step is WatchStep.Ended)
                        {
                            recovery.Completed();
                            yield break;
                        }

                        fault = refusal ?? fault;
                        refusal = null;
                        patience.Resume();
                    }

                    if (Cursor > before)
                    {
                        recovery.Progressed();
                    }
                    else if (fault is null && patience.IsOver(transcript.IsSubscribed))
                    {
                        fault = WatchFault.Silent;
                    }
                }
            }

            if (fault is not null && Break(fault) is { } end)
            {
                yield return end;
                yield break;
            }

            standing.Reopening(fault?.Kind);
            await foreach (var outage in recovery.WaitAsync(stop))
            {
                yield return outage;
            }
        }
    }

    private WatchStream Open(CancellationToken stop)
    {
        isLetGo = false;
        patience.Start();
        transcript.StartStream();
        useless.StreamStarted();
        var trace = new WatchTrace(backend.Name, start, Cursor);
        var stream = backend.Open(start.RequestAt(Cursor, transcript.Epoch), start.Caller, trace, stop);
        standing.Opened(stream.Place);
        return stream;
    }

    /// <summary>Takes what a read came to.</summary>
    /// <returns>The fault to reopen after, or to end with.</returns>
    private WatchFault? Take(WatchRead read)
    {
        if (read.Message is not { } message)
        {
            return read.Fault == WatchFault.EndedEarly && transcript.TakeEnd() ? null : read.Fault;
        }

        cursorBefore = Cursor;
        var (wasOpen, wasConfirmed) = (transcript.IsOpen, transcript.IsSubscribed);
        var fault = transcript.Take(message);
        fault ??= useless.Take(message, isNews: Cursor != cursorBefore || transcript.IsSubscribed != wasConfirmed);
        if (transcript.IsSubscribed && !wasConfirmed)
        {
            standing.Confirmed(cursorBefore);
        }

        if (transcript.IsOpen && !wasOpen)
        {
            recovery.Opened();
        }

        if (message.Kind == WatchMessageKind.Heartbeat && fault is null)
        {
            recovery.Heard();
        }

        return fault;
    }

    /// <returns>The end, where that is what the fault comes to; null where the job is asked for again.</returns>
    private WatchStep.Ended? Break(WatchFault fault)
    {
        recovery.Begin(fault);
        standing.Broke(fault.Kind);
        return recovery.Decide(fault);
    }
}
