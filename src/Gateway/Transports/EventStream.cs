using System.Buffers;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// One job's events as server-sent events. The response begins with the first message that isn't an error: until then the status can still
/// say what is wrong. A reader that takes nothing for too long is aborted.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="request">The same as a message.</param>
/// <param name="stream">The rest of the request.</param>
internal sealed class EventStream(HttpContext context, ClientMessage request, EventStreamRequest stream, TimeProvider time)
    : HttpTransport(context, request)
{
    /// <summary>The most that is gathered for one write, in bytes, unless one message is larger.</summary>
    private const int GatherSize = 16 * 1024;

    private readonly List<Receipt> gathered = [];
    private readonly MessageBuffer buffer = new();
    private SendProgress? progress;
    private Outbox? source;
    private Action<MessageFacts, int>? onSent;
    private ResponseWriter? body;
    private EventStreamWriter? events;
    private bool owesControl;
    private volatile bool isCommentDue;

    /// <inheritdoc/>
    public override TransportKind Kind => TransportKind.Sse;

    /// <summary>True if the client came back after the end of a job that it knew.</summary>
    public bool IsOver { get; private set; }

    private bool HasStarted => body is not null;

    /// <inheritdoc/>
    public override void Watch(Action<CloseCode> onBreach, Action onStuck) =>
        progress = new SendProgress(time, stream.StuckReaderTimeout, AcknowledgedBytes.Of(Context), onStuck);

    /// <inheritdoc/>
    public override async Task<SendEnd> SendAsync(Outbox outbox, Action<MessageFacts, int> sent, CancellationToken abort)
    {
        (source, onSent) = (outbox, sent);
        events = new EventStreamWriter(Position, stream.Cursor, time);
        await using var ticks = time.CreateTimer(_ => Tick(outbox), state: null, stream.CommentInterval, stream.CommentInterval);
        try
        {
            while (await outbox.WaitToTakeAsync())
            {
                await TakeAsync(outbox, abort);
                progress!.Drained();
                if (Position.IsClosed || Position.Error is not null)
                {
                    return SendEnd.Complete;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            return SendEnd.Lost;
        }

        return SendEnd.Closed;
    }

    public override void Dispose()
    {
        progress?.Dispose();
        buffer.Dispose();
    }

    protected override async Task TellEndAsync(CloseCode code, CancellationToken abort)
    {
        if (!HasStarted)
        {
            ClosedWith = code;
            return;
        }

        try
        {
            events!.WriteEnd(buffer, Refusal.Of(code));
            await SendGatheredAsync(abort);
            progress!.Drained();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection went away first.
        }
    }

    private async ValueTask TakeAsync(Outbox outbox, CancellationToken abort)
    {
        while (Position is { IsClosed: false, Error: null } && outbox.TryTake(out var message, out var receipt))
        {
            try
            {
                await AddAsync(message, receipt, abort);
            }
            finally
            {
                message.Return();
            }
        }

        if (owesControl)
        {
            WriteControl(hasMore: false);
        }

        if (isCommentDue && HasStarted)
        {
            isCommentDue = false;
            buffer.Write(EventStreamWriter.Comment);
        }

        await SendGatheredAsync(abort);
        buffer.Release();
    }

    private async ValueTask AddAsync(OutboxMessage message, Receipt receipt, CancellationToken abort)
    {
        if (owesControl)
        {
            WriteControl(hasMore: true);
        }

        if (buffer.Count > 0 && buffer.Count + message.Length > GatherSize)
        {
            await SendGatheredAsync(abort);
        }

        Position.Take(message.Facts);
        gathered.Add(receipt);
        if (!HasStarted && !await TryStartAsync(message.Facts, abort))
        {
            return;
        }

        if (message.Facts.Content is ErrorMessage error)
        {
            events!.WriteError(buffer, error);
            return;
        }

        if (message.Length > 0)
        {
            events!.BeginData(buffer);
            buffer.Write(message.Bytes.Span);
            EventStreamWriter.EndData(buffer);
        }

        // A subscription from a place on says where that leads with its first replay.
        owesControl = Position.Offset is not null && (IsLiveOnly || message.Facts.Content is not SubscribedMessage);
    }

    /// <summary>Starts the response, unless its status is to say something else, or it isn't known yet.</summary>
    private async ValueTask<bool> TryStartAsync(MessageFacts facts, CancellationToken abort)
    {
        Error = Position.Error;
        IsOver = stream.IsReturn && Position.IsClosed && facts.Events == 0;
        if (Error is not null || IsOver || (stream.IsReturn && facts.Content is SubscribedMessage && !IsLiveOnly))
        {
            return false;
        }

        // A reader is slow or stuck by the rules of PROTOCOL.md section 5, and not by the server's own.
        Context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        stream.OnStart(Context.Response);
        await Context.Response.StartAsync(abort);
        body = new ResponseWriter(Context.Response.Body, progress!);
        return true;
    }

    private void WriteControl(bool hasMore)
    {
        owesControl = false;
        events!.WriteControl(buffer, hasMore);
    }

    /// <summary>Sends what was gathered.</summary>
    private async ValueTask SendGatheredAsync(CancellationToken abort)
    {
        if (buffer.Count > 0 && HasStarted)
        {
            var batch = buffer.Detach(default);
            try
            {
                await source!.Held.WhileAsync(body!.WriteAsync(batch.Bytes, abort), Costs.StuckWrite);
            }
            finally
            {
                batch.Return();
            }
        }

        source!.Sent(gathered);
        foreach (var receipt in gathered)
        {
            onSent!(receipt.Facts, receipt.Length);
        }

        gathered.Clear();
    }

    private void Tick(Outbox outbox)
    {
        isCommentDue = true;
        outbox.Nudge();
    }
}

/// <summary>The rest of a request for an event stream, beside the job and the place in its log.</summary>
/// <param name="Cursor">The cursor that the client sent; null if none.</param>
/// <param name="IsReturn">True if an <c>EventSource</c> comes back: it can't read a status, and stops only at 204.</param>
/// <param name="StuckReaderTimeout">The longest time the reader may take nothing.</param>
/// <param name="CommentInterval">The time between comments, which show an idle reader that the stream is alive.</param>
/// <param name="OnStart">Sets the response's headers.</param>
internal sealed record EventStreamRequest(
    string? Cursor,
    bool IsReturn,
    TimeSpan StuckReaderTimeout,
    TimeSpan CommentInterval,
    Action<HttpResponse> OnStart
);
