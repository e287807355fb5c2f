using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Handles one connection's messages in order: counts and parses them, and starts or answers each request.
/// Nothing here waits, so that the receive loop can always read on.
/// </summary>
internal sealed class MessageIntake(
    SubscriptionSet subscriptions,
    ReplayQueue replays,
    Caller caller,
    Outbox outbox,
    SessionLimits limits,
    TimeProvider time,
    SessionTally tally,
    Timeline? timeline
)
{
    private readonly MessageRate rate = new(time, limits.MessagesPerSecond, limits.MessageBurst);
    private readonly Lock taking = new();
    private int invalidInARow;
    private bool takesNoMore;

    /// <summary>
    /// Ignores messages from now on. It waits for a message that is being handled, or a subscription that this starts would never be
    /// stopped.
    /// </summary>
    public void Stop()
    {
        lock (taking)
        {
            takesNoMore = true;
        }
    }

    /// <summary>Handles one client message.</summary>
    /// <returns>The close code; null to go on.</returns>
    public CloseCode? Take(ReadOnlySpan<byte> text)
    {
        lock (taking)
        {
            // After the session's end only the client's close frame matters; messages before it are dropped.
            return takesNoMore ? null : TakeInTurn(text);
        }
    }

    /// <summary>Handles the one message of a client that sends no others.</summary>
    /// <returns>The close code; null to go on.</returns>
    public CloseCode? Take(ClientMessage message)
    {
        lock (taking)
        {
            if (takesNoMore)
            {
                return null;
            }

            tally.Received(message.Type);
            return Dispatch(message);
        }
    }

    private CloseCode? TakeInTurn(ReadOnlySpan<byte> text)
    {
        if (!rate.TryTake())
        {
            tally.Received(type: null);
            return rate.IsExceeded || !TryAnswer(new ErrorMessage(ErrorCode.RateLimited, SubscriptionEffect.Untouched))
                ? CloseCode.RateLimited
                : null;
        }

        var (message, error) = ClientMessageParser.Parse(text);
        tally.Received(message?.Type);
        if (error is not null)
        {
            // A type this gateway doesn't know may be a newer client's: it is no sign of a broken one.
            invalidInARow += error.Code == ErrorCode.InvalidMessage ? 1 : 0;
            var isTolerable = TryAnswer(error);
            return invalidInARow >= limits.InvalidMessagesInARow ? CloseCode.BadClient
                : isTolerable ? null
                : CloseCode.RateLimited;
        }

        invalidInARow = 0;
        return Dispatch(message!);
    }

    private CloseCode? Dispatch(ClientMessage message) =>
        message.Type == ClientMessageType.Subscribe && !outbox.Held.HasRoomForSubscription && !subscriptions.Has(message.JobId)
            ? CloseCode.MemoryLow
        : TryDispatch(message) ? null
        : CloseCode.RateLimited;

    /// <returns>False if the answer doesn't fit: the client sends and doesn't read.</returns>
    private bool TryDispatch(ClientMessage message)
    {
        switch (message.Type)
        {
            case ClientMessageType.Subscribe when !caller.MayWatch(message.JobId):
                return TryAnswer(NotAllowed(message, SubscriptionEffect.NotOpened));
            case ClientMessageType.Replay when !caller.MayWatch(message.JobId):
                return TryAnswer(NotAllowed(message, SubscriptionEffect.Untouched) with { Requested = true });
            case ClientMessageType.Subscribe:
                timeline?.Add(TimelineEntryKind.SubscribeAsked, message.JobId, eventId: message.AfterEventId);
                return subscriptions.TryStart(message)
                    || TryAnswer(Refusal(message, ErrorCode.TooManySubscriptions, SubscriptionEffect.NotOpened));
            case ClientMessageType.Unsubscribe:
                timeline?.Add(TimelineEntryKind.UnsubscribeAsked, message.JobId);
                subscriptions.End(message.JobId);
                replays.Drop(message.JobId);
                return TryAnswerUnsubscribed(message);
            case ClientMessageType.Replay:
                timeline?.Add(TimelineEntryKind.ReplayAsked, message.JobId, eventId: message.AfterEventId);
                return replays.TryAdd(message)
                    || TryAnswer(
                        Refusal(message, ErrorCode.RateLimited, SubscriptionEffect.Untouched) with
                        {
                            Text = "Too many replays wait on this connection. Ask again when some have been answered.",
                            Requested = true,
                        }
                    );
            case ClientMessageType.Ping:
                return TryAnswerPong(message);
            default:
                throw new InvalidOperationException($"A message that nobody takes: {message.Type}.");
        }
    }

    private static ErrorMessage NotAllowed(ClientMessage message, SubscriptionEffect effect) =>
        Refusal(message, ErrorCode.Forbidden, effect) with
        {
            Text = "The token doesn't allow this job.",
        };

    private static ErrorMessage Refusal(ClientMessage message, ErrorCode code, SubscriptionEffect effect) =>
        new(code, effect) { JobId = message.JobId, RequestId = message.RequestId };

    private bool TryAnswer(ErrorMessage error)
    {
        timeline?.Add(TimelineEntryKind.ErrorSent, error.JobId, error.Code.Name);
        using var answer = new MessageBuffer();
        if (outbox.Form.HasEnvelopes)
        {
            ServerMessageWriter.WriteError(answer, error);
        }

        return outbox.TryPost(answer.Detach(new MessageFacts(ServerMessageType.Error) { Content = error }));
    }

    private bool TryAnswerUnsubscribed(ClientMessage message)
    {
        using var answer = new MessageBuffer();
        ServerMessageWriter.WriteUnsubscribed(
            answer,
            ServerMessageWriter.Encode(message.JobId),
            UnsubscribeReason.Requested,
            message.RequestId
        );
        return outbox.TryPost(answer.Detach(new MessageFacts(ServerMessageType.Unsubscribed)));
    }

    private bool TryAnswerPong(ClientMessage message)
    {
        using var answer = new MessageBuffer();
        ServerMessageWriter.WritePong(answer, message.RequestId);
        return outbox.TryPost(answer.Detach(new MessageFacts(ServerMessageType.Pong)));
    }
}
