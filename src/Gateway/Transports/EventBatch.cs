using System.Buffers;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// Collects the events of one answer: what the log has after a place, up to a size; of a long-poll also what happens next. Nothing is sent
/// here: whoever has the request writes the answer, once it is complete.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="request">The same as a message.</param>
/// <param name="waits">True if it waits for an event: a long-poll.</param>
/// <param name="most">The longest time until the answer.</param>
internal sealed class EventBatch(HttpContext context, ClientMessage request, bool waits, TimeSpan most, TimeProvider time)
    : HttpTransport(context, request)
{
    /// <summary>The size of an answer, in bytes, that gets no further message.</summary>
    private const int FullSize = 256 * 1024;

    private readonly ArrayBufferWriter<byte> json = new();
    private ITimer? timer;
    private HeldMemory? held;
    private int counted;
    private volatile bool isTimeUp;

    /// <inheritdoc/>
    public override TransportKind Kind => waits ? TransportKind.LongPoll : TransportKind.CatchUp;

    /// <summary>The events as JSON, with commas between.</summary>
    public ReadOnlyMemory<byte> Json => json.WrittenMemory;

    /// <summary>True if the answer is complete. Otherwise <see cref="HttpTransport.Error"/> or the session's end says why not.</summary>
    public bool IsComplete { get; private set; }

    /// <inheritdoc/>
    public override async Task<SendEnd> SendAsync(Outbox outbox, Action<MessageFacts, int> sent, CancellationToken abort)
    {
        held = outbox.Held;
        timer = time.CreateTimer(_ => EndWait(outbox), state: null, most, Timeout.InfiniteTimeSpan);
        while (!IsComplete && Error is null && await outbox.WaitToTakeAsync())
        {
            while (!IsFull && outbox.TryTake(out var message, out var receipt))
            {
                Add(message);
                Count(message.Length);
                message.Return();
                outbox.Sent([receipt]);
                sent(receipt.Facts, receipt.Length);
            }

            Error ??= isTimeUp && json.WrittenCount == 0 && !IsAtEnd ? Unavailable : null;
            IsComplete = Error is null && IsAnswered;
        }

        return IsComplete || Error is not null ? SendEnd.Complete : SendEnd.Closed;
    }

    public override void Dispose() => timer?.Dispose();

    /// <summary>Gives its memory back, once the answer is written.</summary>
    public void Release() => Count(-counted);

    protected override Task TellEndAsync(CloseCode code, CancellationToken abort)
    {
        ClosedWith = code;
        return Task.CompletedTask;
    }

    /// <summary>True if nothing more is taken: it would be lost, since the answer's offset is before it.</summary>
    private bool IsFull => Error is not null || json.WrittenCount >= FullSize || (!waits && IsAtEnd);

    private bool IsAnswered => json.WrittenCount > 0 ? IsFull || IsAtEnd || isTimeUp : IsAtEnd && (!waits || isTimeUp || Position.IsClosed);

    private bool IsAtEnd => Position is { Offset: not null, IsUpToDate: true, IsAway: false };

    private ErrorMessage Unavailable => new(ErrorCode.BackendUnavailable, SubscriptionEffect.Ended) { JobId = JobId };

    private void Add(in OutboxMessage message)
    {
        if (!waits && IsLiveOnly)
        {
            Position.BeginBefore(message.Facts);
            if (message.Facts.Events > 0)
            {
                return;
            }
        }

        Position.Take(message.Facts);
        Error = Position.Error;
        if (message.Length > 0)
        {
            if (json.WrittenCount > 0)
            {
                json.Write(","u8);
            }

            json.Write(message.Bytes.Span);
        }
    }

    private void EndWait(Outbox outbox)
    {
        isTimeUp = true;
        outbox.Nudge();
    }

    private void Count(int bytes)
    {
        counted += bytes;
        held?.Add(bytes);
    }
}
