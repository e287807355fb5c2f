using System.Runtime.CompilerServices;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// Watches one job for one client, over as many streams as it takes: opens, reads, and after a fault opens again at the cursor. What it
/// tells (<see cref="WatchStep"/>) has no gap and no repeat, whatever the backend went through.
/// </summary>
/// <remarks>Used by one consumer, who calls the other methods only between two steps.</remarks>
internal sealed class JobWatcher
{
    /// <summary>How long a reopened stream must stand before the outage is over and a heartbeat counts as progress.</summary>
    private static readonly TimeSpan Standing = TimeSpan.FromSeconds(10);

    private readonly WatchStart start;
    private readonly Backend backend;
    private readonly UpstreamOptions options;
    private readonly TimeProvider time;
    private readonly GatewayMetrics metrics;
    private readonly Outage outage;
    private readonly ReopenPolicy policy;
    private readonly WatchTranscript transcript;
    private readonly Random random = Random.Shared;

    private long? cursorBefore;
    private WatchFault? refusal;
    private WatchStream? current;
    private bool isLetGo;
    private long openedAt;

    public JobWatcher(WatchStart start, Backend backend, UpstreamOptions options, TimeProvider time, GatewayMetrics metrics)
    {
        this.start = start;
        this.backend = backend;
        this.options = options;
        this.time = time;
        this.metrics = metrics;
        outage = new Outage(time);
        policy = new ReopenPolicy(time, options, start.HistoryOnly, random);
        transcript = new WatchTranscript(start, outage, metrics.EventsDropped);
    }

    /// <summary>The id of the last event that was told; before the first, where the watch started.</summary>
    public long? Cursor => transcript.Position.Cursor;

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
        while (true)
        {
            WatchFault? fault = null;
            using (var stream = current = Open(stop))
            {
                while (fault is null && !isLetGo)
                {
                    var reading = stream.ReadAsync(Patience());
                    while (!transcript.IsSubscribed && AnnounceIn is { } left && !reading.IsCompleted)
                    {
                        await Task.WhenAny(reading, DelayAsync(left, stop));
                        stop.ThrowIfCancellationRequested();
                        if (IsDue())
                        {
                            yield return new WatchStep.Outage();
                        }
                    }

                    var before = Cursor;
                    fault = Take(await reading);
                    while (transcript.TryTell(out var step))
                    {
                        yield return step;
                        if (step is WatchStep.Ended)
                        {
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
                }
            }

            if (fault is not null && Decide(fault) is { } end)
            {
                yield return end;
                yield break;
            }

            metrics.StreamReopened(backend.Name, fault?.Kind);

            foreach (var pause in Pauses())
            {
                var began = time.GetTimestamp();
                while (pause - time.GetElapsedTime(began) is { Ticks: > 0 } wait)
                {
                    await DelayAsync(AnnounceIn is { } left && left < wait ? left : wait, stop);
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
        transcript.StartStream();
        var request = new WatchJobRequest
        {
            JobId = start.JobId,
            Epoch = transcript.Epoch,
            HistoryOnly = start.HistoryOnly,
        };
        if (Cursor is { } cursor)
        {
            request.AfterEventId = cursor;
        }

        return backend.Open(request, stop);
    }

    /// <summary>What to wait for before the next attempt, as far as there is time left: our own backoff, and then the backend's turn for us.</summary>
    private IEnumerable<TimeSpan> Pauses()
    {
        var delay = policy.NextDelay();
        yield return WithinTimeLeft(delay);
        yield return WithinTimeLeft(backend.NextTurn());
    }

    private TimeSpan WithinTimeLeft(TimeSpan delay) => policy.TimeLeft is { } left && left < delay ? left : delay;

    /// <summary>Waits at least so long. A delay is cut to whole milliseconds, and one of none at all would be waited for in a busy loop.</summary>
    private Task DelayAsync(TimeSpan delay, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)), time, stop);

    private TimeSpan Patience()
    {
        var patience = transcript.IsSubscribed ? options.SilenceTimeout * (0.9 + (0.2 * random.NextDouble())) : options.OpenTimeout;
        if (policy.TimeLeft is not { } left)
        {
            return patience;
        }

        var shorter = left < patience ? left : patience;
        return shorter > TimeSpan.Zero ? shorter : TimeSpan.FromMilliseconds(1);
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
        var wasSubscribed = transcript.IsSubscribed;
        var wasOpen = transcript.IsOpen;
        var fault = transcript.Take(message);
        if (transcript.IsSubscribed && !wasSubscribed)
        {
            openedAt = time.GetTimestamp();
            backend.Answered();
        }

        if (transcript.IsOpen && !wasOpen)
        {
            policy.Opened();
        }

        var isAlive = message.Kind == WatchMessageKind.Heartbeat && fault is null && transcript.IsSubscribed && HasStood();
        if (isAlive)
        {
            Progressed();
        }

        return fault;
    }

    /// <summary>The client has something new, or the stream has shown that it lives: the outage is over.</summary>
    private void Progressed()
    {
        outage.End();
        policy.Progressed();
    }

    private WatchStep.Ended? Decide(WatchFault fault)
    {
        if (transcript.IsSubscribed && HasStood())
        {
            outage.End();
        }

        outage.Begin(afterSilence: fault.Kind == WatchFaultKind.Silent && transcript.IsSubscribed);
        metrics.StreamBroke(backend.Name, fault.Kind);
        backend.Failed(fault.Kind);
        if (policy.Decide(fault, Cursor) is { } end)
        {
            backend.Ended(start.JobId, end, fault.Kind);
            return new WatchStep.Ended(end, fault);
        }

        return policy.TimeLeft <= TimeSpan.Zero ? new WatchStep.Ended(WatchEnd.Unavailable, fault) : null;
    }

    private bool HasStood() => time.GetElapsedTime(openedAt) >= Standing;

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
