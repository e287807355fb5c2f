using System.Text.Json;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>
/// Writes the messages about one job into its lane, for a subscription or a one-off replay. An event that can't be shown is refused to the
/// watcher, and a stream that is held back for long is given up.
/// </summary>
internal sealed class JobMessageWriter(
    string jobId,
    JobWatcher? watcher,
    LaneTicket lane,
    TranslationOptions translation,
    TimeProvider time,
    Trail? trail = null
) : IDisposable
{
    private const int KeptBufferBytes = 64 * 1024;

    private readonly JobEventTranslator translator = new(translation);
    private readonly MessageBuffer message = new();
    private readonly MessageBuffer eventJson = new();
    private readonly HeldBack heldBack = new(watcher, time);

    /// <summary>True if the watch's next step is the end of the job: no event follows the present step.</summary>
    public bool IsJobsEnd => watcher is { IsJobsEndNext: true };

    public JsonEncodedText JobId { get; } = ServerMessageWriter.Encode(jobId);

    /// <summary>Writes one live event, or refuses it if it can't be shown.</summary>
    public ValueTask WriteEventAsync(WatchStep.Live step, CancellationToken stop)
    {
        var readAt = time.GetTimestamp();
        eventJson.Truncate(0);
        if (!translator.TryWrite(step.Event.Bytes.Span, eventJson))
        {
            watcher!.Refuse(step, step.Event, BadEventReasons.Of(translator.Fault));
            return ValueTask.CompletedTask;
        }

        trail?.Add(step.Event, eventJson.Written, readAt, translator.HappenedAt);
        lane.Form.WriteEvent(message, JobId, eventJson.Written);
        ReleaseLargeBuffer();
        var facts = new MessageFacts(ServerMessageType.Event, Events: 1, readAt, translator.HappenedAt, step.Event.Id);
        return SendAsync(facts with { IsJobsEnd = IsJobsEnd }, stop);
    }

    /// <summary>Writes a batch of history in one or more <c>replay</c> messages, up to the first event that can't be shown.</summary>
    /// <param name="step">The batch.</param>
    /// <param name="requested">True if it answers a <c>replay</c> request.</param>
    /// <param name="requestId">That request's id.</param>
    /// <param name="stop">Ends the wait for room.</param>
    public async ValueTask WriteHistoryAsync(WatchStep.History step, bool requested, string? requestId, CancellationToken stop)
    {
        var readAt = time.GetTimestamp();
        var (events, last) = (0, 0L);
        for (var i = 0; i < step.Events.Count; i++)
        {
            var watched = step.Events[i];
            eventJson.Truncate(0);
            if (!translator.TryWrite(watched.Bytes.Span, eventJson))
            {
                await EndCutReplayAsync(
                    new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: last),
                    requested,
                    requestId,
                    stop
                );
                watcher!.Refuse(step, watched, BadEventReasons.Of(translator.Fault));
                return;
            }

            if (!ReplayMessage.TryAdd(lane.Form, message, JobId, events, eventJson.Written))
            {
                ReplayMessage.End(lane.Form, message, JobId, events, hasMore: true, requested, requestId);
                await SendAsync(new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: last) { HasMore = true }, stop);
                ReplayMessage.TryAdd(lane.Form, message, JobId, events = 0, eventJson.Written);
            }

            trail?.Add(watched, eventJson.Written, readAt, translator.HappenedAt);
            last = watched.Id;
            events++;
        }

        ReplayMessage.End(lane.Form, message, JobId, events, step.HasMore, requested, requestId);
        ReleaseLargeBuffer();
        var facts = new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: last);
        await SendAsync(facts with { HasMore = step.HasMore, IsJobsEnd = IsJobsEnd }, stop);
    }

    public ValueTask WriteErrorAsync(ErrorMessage error, CancellationToken stop)
    {
        if (lane.Form.HasEnvelopes)
        {
            ServerMessageWriter.WriteError(message, error);
        }

        return SendAsync(new MessageFacts(ServerMessageType.Error) { Content = error }, stop);
    }

    /// <summary>Waits until all that was written is on its way.</summary>
    public Task DrainedAsync() => lane.DrainedAsync();

    public void Dispose()
    {
        message.Dispose();
        eventJson.Dispose();
    }

    /// <summary>Gives back a buffer that an unusually large event has grown.</summary>
    private void ReleaseLargeBuffer()
    {
        if (eventJson.Count > KeptBufferBytes)
        {
            eventJson.Release();
        }
    }

    private ValueTask EndCutReplayAsync(MessageFacts facts, bool requested, string? requestId, CancellationToken stop)
    {
        if (facts.Events == 0)
        {
            return ValueTask.CompletedTask;
        }

        ReplayMessage.End(lane.Form, message, JobId, facts.Events, hasMore: true, requested, requestId);
        return SendAsync(facts with { HasMore = true }, stop);
    }

    private ValueTask SendAsync(MessageFacts facts, CancellationToken stop)
    {
        var write = lane.WriteAsync(message.Detach(facts));
        if (!write.IsCompletedSuccessfully)
        {
            return new ValueTask(heldBack.WaitAsync(write.AsTask(), stop));
        }

        heldBack.HasRoom();
        return write;
    }
}
