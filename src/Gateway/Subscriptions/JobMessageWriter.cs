using System.Buffers;
using System.Text.Json;
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
    TimeProvider time
) : IDisposable
{
    /// <summary>The largest <c>replay</c> message in bytes, unless one event alone is larger: PROTOCOL.md section 3.</summary>
    private const int MaxReplayBytes = 256 * 1024;

    /// <summary>The space for the end of a <c>replay</c>, including a <c>requestId</c> of 64 escaped characters.</summary>
    private const int ReplayTailBytes = 512;

    /// <summary>
    /// The time after which a stream that is held back is given up, since it may stall its neighbours: PROTOCOL.md section 9.
    /// </summary>
    private static readonly TimeSpan HeldBackLimit = TimeSpan.FromSeconds(10);

    private const int KeptBufferBytes = 64 * 1024;

    private readonly JobEventTranslator translator = new(translation);
    private readonly MessageBuffer message = new();
    private readonly MessageBuffer eventJson = new();

    /// <summary>
    /// The time since which every message has had to wait. A stream whose reader always lags is held back like one whose reader has
    /// stopped.
    /// </summary>
    private long? heldBackSince;

    public JsonEncodedText JobId { get; } = ServerMessageWriter.Encode(jobId);

    /// <summary>Writes one live event, or refuses it if it can't be shown.</summary>
    public ValueTask WriteEventAsync(WatchStep.Live step, CancellationToken stop)
    {
        var readAt = time.GetTimestamp();
        eventJson.Truncate(0);
        if (!translator.TryWrite(step.Event.Bytes.Span, eventJson))
        {
            watcher!.Refuse(step, step.Event, ReasonOf(translator.Fault));
            return ValueTask.CompletedTask;
        }

        ServerMessageWriter.WriteEvent(message, JobId, eventJson.Written);
        ReleaseLargeBuffer();
        return SendAsync(new MessageFacts(ServerMessageType.Event, Events: 1, readAt, translator.HappenedAt, step.Event.Id), stop);
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
        ServerMessageWriter.BeginReplay(message, JobId);
        foreach (var watched in step.Events)
        {
            eventJson.Truncate(0);
            if (!translator.TryWrite(watched.Bytes.Span, eventJson))
            {
                await EndCutReplayAsync(
                    new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: last),
                    requested,
                    requestId,
                    stop
                );
                watcher!.Refuse(step, watched, ReasonOf(translator.Fault));
                return;
            }

            if (events > 0 && message.Count + eventJson.Count + ReplayTailBytes > MaxReplayBytes)
            {
                ServerMessageWriter.EndReplay(message, hasMore: true, requested, requestId);
                await SendAsync(new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: last), stop);
                ServerMessageWriter.BeginReplay(message, JobId);
                events = 0;
            }

            if (events++ > 0)
            {
                message.Write(","u8);
            }

            last = watched.Id;
            message.Write(eventJson.Written);
        }

        ServerMessageWriter.EndReplay(message, step.HasMore, requested, requestId);
        ReleaseLargeBuffer();
        await SendAsync(new MessageFacts(ServerMessageType.Replay, events, readAt, LastEventId: last), stop);
    }

    public ValueTask WriteSubscribedAsync(WatchStep.Opened step, string? requestId, CancellationToken stop)
    {
        ServerMessageWriter.WriteSubscribed(message, JobId, step.Epoch, step.LastEventId, step.EarliestEventId, requestId);
        return SendAsync(new MessageFacts(ServerMessageType.Subscribed), stop);
    }

    public ValueTask WriteUnsubscribedAsync(UnsubscribeReason reason, CancellationToken stop)
    {
        ServerMessageWriter.WriteUnsubscribed(message, JobId, reason, requestId: null);
        return SendAsync(new MessageFacts(ServerMessageType.Unsubscribed), stop);
    }

    public ValueTask WriteErrorAsync(ErrorMessage error, CancellationToken stop)
    {
        ServerMessageWriter.WriteError(message, error);
        return SendAsync(new MessageFacts(ServerMessageType.Error), stop);
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

    private static BadEventReason ReasonOf(TranslationFault? fault) =>
        fault switch
        {
            TranslationFault.NestedTooDeep => BadEventReason.NestedTooDeep,
            TranslationFault.TimeOutOfRange => BadEventReason.TimeOutOfRange,
            TranslationFault.JsonTooLarge => BadEventReason.JsonTooLarge,
            _ => BadEventReason.Unreadable,
        };

    private ValueTask EndCutReplayAsync(MessageFacts facts, bool requested, string? requestId, CancellationToken stop)
    {
        if (facts.Events == 0)
        {
            message.Truncate(0);
            return ValueTask.CompletedTask;
        }

        ServerMessageWriter.EndReplay(message, hasMore: true, requested, requestId);
        return SendAsync(facts, stop);
    }

    private ValueTask SendAsync(MessageFacts facts, CancellationToken stop)
    {
        var write = lane.WriteAsync(message.Detach(facts));
        if (!write.IsCompletedSuccessfully)
        {
            return new ValueTask(WaitForRoomAsync(write.AsTask(), stop));
        }

        heldBackSince = null;
        return write;
    }

    private async Task WaitForRoomAsync(Task write, CancellationToken stop)
    {
        heldBackSince ??= time.GetTimestamp();
        var left = HeldBackLimit - time.GetElapsedTime(heldBackSince.Value);
        try
        {
            await write.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, stop);
        }
        catch (TimeoutException)
        {
            heldBackSince = null;
            watcher?.LetGo();
            await write.WaitAsync(stop);
        }
    }
}
