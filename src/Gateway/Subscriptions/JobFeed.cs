using System.Buffers;
using System.Text.Json;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Writes what a watcher tells of one job into its lane: what a subscription and a one-off replay have in common.</summary>
internal sealed class JobFeed(string jobId, JobWatcher? watcher, LaneTicket lane, TranslationOptions translation, TimeProvider time)
    : IDisposable
{
    /// <summary>The largest <c>replay</c> message, in bytes, unless one event alone is larger: PROTOCOL.md section 3.</summary>
    private const int MaxReplayBytes = 256 * 1024;

    /// <summary>Room for what closes a <c>replay</c>, a <c>requestId</c> of 64 escaped characters included.</summary>
    private const int ReplayTailBytes = 512;

    /// <summary>How long a stream may be held back before it is given up for its neighbours' sake: PROTOCOL.md section 9.</summary>
    private static readonly TimeSpan HeldBackLimit = TimeSpan.FromSeconds(10);

    private const int KeptBufferBytes = 64 * 1024;

    private readonly JobEventTranslator translator = new(translation);
    private readonly MessageBuffer message = new();
    private readonly MessageBuffer eventJson = new();

    /// <summary>Since when every message has had to wait: a stream whose reader always lags is held back as one that stands.</summary>
    private long? heldBackSince;

    public JsonEncodedText JobId { get; } = ServerMessageWriter.Encode(jobId);

    /// <summary>Sends one live event, or refuses it where it can't be shown.</summary>
    public ValueTask SendEventAsync(WatchStep.Live step, CancellationToken stop)
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

    /// <summary>Sends a batch of history in one or more <c>replay</c> messages, up to the first event that can't be shown.</summary>
    /// <param name="step">The batch.</param>
    /// <param name="requested">Whether it answers a <c>replay</c> request.</param>
    /// <param name="requestId">That request's id.</param>
    /// <param name="stop">Ends the feed.</param>
    public async ValueTask SendHistoryAsync(WatchStep.History step, bool requested, string? requestId, CancellationToken stop)
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

    public ValueTask SendSubscribedAsync(WatchStep.Opened step, string? requestId, CancellationToken stop)
    {
        ServerMessageWriter.WriteSubscribed(message, JobId, step.Epoch, step.LastEventId, step.EarliestEventId, requestId);
        return SendAsync(new MessageFacts(ServerMessageType.Subscribed), stop);
    }

    public ValueTask SendUnsubscribedAsync(UnsubscribeReason reason, CancellationToken stop)
    {
        ServerMessageWriter.WriteUnsubscribed(message, JobId, reason, requestId: null);
        return SendAsync(new MessageFacts(ServerMessageType.Unsubscribed), stop);
    }

    public ValueTask SendErrorAsync(ErrorMessage error, CancellationToken stop)
    {
        ServerMessageWriter.WriteError(message, error);
        return SendAsync(new MessageFacts(ServerMessageType.Error), stop);
    }

    /// <summary>Hands on what the watcher tells, step by step, and waits until all that was sent is on its way.</summary>
    /// <param name="tell">Sends what one step means.</param>
    /// <param name="stop">Ends the feed.</param>
    /// <exception cref="OperationCanceledException">The token: the client wants no more.</exception>
    public async Task RunAsync(Func<WatchStep, ValueTask> tell, CancellationToken stop)
    {
        if (watcher is null)
        {
            await tell(new WatchStep.Ended(WatchEnd.NotFound));
        }
        else
        {
            await foreach (var step in watcher.WatchAsync(stop))
            {
                await tell(step);
            }
        }

        await lane.DrainedAsync();
    }

    public void Dispose()
    {
        translator.Dispose();
        message.Dispose();
        eventJson.Dispose();
    }

    /// <summary>The buffer grows with the largest event; one of megabytes isn't kept for the ordinary ones that follow.</summary>
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
