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
    private readonly Outage outage;
    private readonly WatchTrouble trouble;
    private readonly ReopenPolicy policy;
    private readonly WatchTranscript transcript;
    private readonly StreamPatience patience;
    private readonly WatchStanding standing;

    private long? cursorBefore;
    private WatchFault? refusal;
    private WatchStream? current;
    private bool isLetGo;

    public JobWatcher(WatchStart start, Backend backend, UpstreamOptions options, TimeProvider time, GatewayMetrics metrics)
    {
        this.start = start;
        this.backend = backend;
        this.time = time;
        standing = new WatchStanding(backend.Name, start, time, metrics);
        outage = new Outage(time);
        trouble = backend.NewTrouble(start.JobId);
        policy = new ReopenPolicy(time, options, start.HistoryOnly, Random.Shared);
        patience = new StreamPatience(() => backend.ConfirmsWithin, options, policy, time, Random.Shared);
        transcript = new WatchTranscript(start, outage, options.MaxEventBytes, metrics.EventsDropped);
    }

    /// <summary>The id of the last event that was told; before the first, where the watch started.</summary>
    public long? Cursor => transcript.Position.Cursor;

    /// <summary>The watch as it is now. Unlike the rest this may be asked for from anywhere.</summary>
    public WatchView View =>
        new(standing, Cursor, transcript.Head, transcript.Epoch, standing.HasStream && transcript.IsSubscribed, outage.Since);

    /// <summary>The event of the last step can't be shown: what came before it in that step was. The stream is asked once more.</summary>
    public void Refuse(WatchStep step, WatchedEvent refused)
    {
        var shown = step is WatchStep.History history ? history.Events.TakeWhile(e => e.Id != refused.Id).ToList() : [];
        transcript.Retract(step, shown.Count > 0 ? shown[^1].Id : cursorBefore ?? refused.Id - 1);
        refusal = WatchFault.BadEvent(refused.Id);
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
        using var share = trouble;
        while (true)
        {
            WatchFault? fault = null;
            using (var stream = current = Open(stop))
            {
                while (fault is null && !isLetGo)
                {
                    var reading = stream.ReadAsync(patience.Next(transcript.IsSubscribed));
                    while (NewsIn is { } left && !reading.IsCompleted)
                    {
                        await time.PendAsync(reading, left, stop);
                        if (News() is { } news)
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
                            trouble.End();
                            yield break;
                        }

                        fault = refusal ?? fault;
                        refusal = null;
                        policy.ResumePatience();
                    }

                    if (Cursor > before)
                    {
                        Progressed();
                    }
                    else if (fault is null && patience.IsOver(transcript.IsSubscribed))
                    {
                        fault = WatchFault.Silent;
                    }
                }
            }

            if (fault is not null && Decide(fault) is { } end)
            {
                yield return end;
                yield break;
            }

            standing.Reopening(fault?.Kind);

            foreach (var pause in Pauses())
            {
                var began = time.GetTimestamp();
                while (pause - time.GetElapsedTime(began) is { Ticks: > 0 } wait)
                {
                    await time.DelayAsync(AnnounceIn is { } left && left < wait ? left : wait, stop);
                    if (IsDue())
                    {
                        yield return new WatchStep.Outage();
                    }
                }
            }
        }
    }

    private WatchStream Open(CancellationToken stop)
    {
        isLetGo = false;
        patience.Start();
        transcript.StartStream();
        var trace = new WatchTrace(backend.Name, start, Cursor);
        var stream = backend.Open(start.RequestAt(Cursor, transcript.Epoch), start.Caller, trace, stop);
        standing.Opened(stream.Place);
        return stream;
    }

    /// <summary>What to wait for before the next attempt, as far as there is time left: our own backoff, and then the backend's turn for us.</summary>
    private IEnumerable<TimeSpan> Pauses()
    {
        var delay = policy.NextDelay();
        yield return WithinTimeLeft(delay);
        yield return WithinTimeLeft(backend.NextTurn());
    }

    private TimeSpan WithinTimeLeft(TimeSpan delay) => policy.TimeLeft is { } left && left < delay ? left : delay;

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
        if (transcript.IsSubscribed && !wasConfirmed)
        {
            standing.Confirmed(cursorBefore);
        }

        if (transcript.IsOpen && !wasOpen)
        {
            Opened();
        }

        if (message.Kind == WatchMessageKind.Heartbeat && fault is null && outage.HasStood)
        {
            Progressed();
        }
        return fault;
    }

    private void Opened()
    {
        policy.Opened();
        if (!outage.IsOn)
        {
            trouble.End();
        }
    }

    /// <summary>The client has something new, or the stream has shown that it lives: the outage is over.</summary>
    private void Progressed()
    {
        EndOutage();
        policy.Progressed();
    }

    private void EndOutage()
    {
        outage.End();
        transcript.OutageEnded();
        trouble.End();
    }

    private WatchStep.Ended? Decide(WatchFault fault)
    {
        if (outage.HasStood)
        {
            outage.End();
            trouble.End();
        }

        // A backend that says no to one client is not in trouble. Of a stream that fell silent the reopened one will tell.
        var isTrouble =
            fault.Kind is WatchFaultKind.Unavailable or WatchFaultKind.EndedEarly or WatchFaultKind.Breach
            || (fault.Kind == WatchFaultKind.Silent && !transcript.IsSubscribed);
        if (isTrouble)
        {
            trouble.Begin(Cursor, fault);
        }

        outage.Begin(afterSilence: fault.Kind == WatchFaultKind.Silent && transcript.IsSubscribed);
        standing.Broke(fault.Kind);
        if (policy.Decide(fault, Cursor) is { } end)
        {
            backend.Ended(start.JobId, end, fault.Kind);
            return new WatchStep.Ended(end, fault);
        }

        return policy.TimeLeft <= TimeSpan.Zero ? new WatchStep.Ended(WatchEnd.Unavailable, fault) : null;
    }

    /// <summary>How long until there will be news if nothing comes.</summary>
    private TimeSpan? NewsIn => transcript.IsSubscribed ? outage.EndsIn : AnnounceIn;

    private WatchStep? News()
    {
        if (outage.EndsIn == TimeSpan.Zero)
        {
            EndOutage();
            return transcript.TryTell(out var allClear) ? allClear : null;
        }

        return !transcript.IsSubscribed && IsDue() ? new WatchStep.Outage() : null;
    }

    /// <summary>How long until the client is to hear of the outage. It hears of none while it waits for its first answer.</summary>
    private TimeSpan? AnnounceIn => transcript.IsOpen && !start.HistoryOnly ? outage.AnnounceIn : null;

    private bool IsDue()
    {
        var isDue = AnnounceIn == TimeSpan.Zero;
        if (isDue)
        {
            outage.Announced();
        }

        return isDue;
    }
}
