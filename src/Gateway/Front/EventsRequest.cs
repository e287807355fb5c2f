using Microsoft.Extensions.Primitives;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>The ways in which a job's events can be read by HTTP.</summary>
internal enum EventsMode
{
    /// <summary>The log as it is.</summary>
    CatchUp,

    /// <summary>The rest of the log, or the next event.</summary>
    LongPoll,

    /// <summary>The rest of the log and all that follows, as server-sent events.</summary>
    EventStream,
}

/// <summary>A request for a job's events: its path and query.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Offset">The token that it reads from, as it was sent.</param>
/// <param name="Place">The same as a place; null for what happens from now on.</param>
/// <param name="Mode">The way to read.</param>
/// <param name="Cursor">The cursor that the client sent; null if none.</param>
/// <param name="IsReturn">True if an <c>EventSource</c> comes back.</param>
internal sealed record EventsRequest(string JobId, string Offset, StreamOffset? Place, EventsMode Mode, string? Cursor, bool IsReturn)
{
    private const string LastEventId = "Last-Event-ID";
    private const string Suffix = "/events";

    /// <summary>The same as a message of section 2.</summary>
    public ClientMessage ToMessage(HttpContext context) =>
        new(ClientMessageType.Subscribe, JobId, Place?.EventId, Place?.Epoch, RequestId: null)
        {
            TraceParent = context.Request.Headers.TraceParent,
        };

    /// <summary>Reads a request.</summary>
    /// <returns>The request, or the reason that it isn't one.</returns>
    public static (EventsRequest? Request, Refusal? Refusal) Read(HttpContext context)
    {
        var query = context.Request.Query;
        var (jobId, refusal) = PathJobId.Read(context, Suffix);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        if (ModeNamed(query["live"]) is not { } mode)
        {
            return Invalid("live must be long-poll or sse, once; leave it out to read what there is.");
        }

        var resumed = mode == EventsMode.EventStream ? context.Request.Headers[LastEventId] : StringValues.Empty;
        var isReturn = resumed is [{ Length: > 0 }];
        var sent = isReturn ? resumed : query["offset"];
        if (sent.Count == 0 && mode != EventsMode.CatchUp)
        {
            return Invalid("offset is missing: live reads need one. Send -1 for the beginning, or now.");
        }

        if (sent.Count > 1 || query["cursor"].Count > 1)
        {
            return Invalid("offset and cursor may be sent once.");
        }

        var offset = sent.Count == 0 ? StreamOffset.Beginning : sent.ToString();
        var place = offset == StreamOffset.Beginning ? new StreamOffset(0, "") : StreamOffset.Parse(offset);
        return place is null && offset != StreamOffset.Now
            ? Invalid($"{(isReturn ? LastEventId : "offset")} must be -1, now, or an offset as the gateway gave it.")
            : (new EventsRequest(jobId, offset, place, mode, query["cursor"], isReturn), null);
    }

    /// <summary>The request for a job's newest offset.</summary>
    public EventsRequest AtEnd() => this with { Offset = StreamOffset.Now, Place = null, Mode = EventsMode.CatchUp };

    private static EventsMode? ModeNamed(StringValues live) =>
        live.Count == 0
            ? EventsMode.CatchUp
            : live.ToString() switch
            {
                "long-poll" => EventsMode.LongPoll,
                "sse" => EventsMode.EventStream,
                _ => null,
            };

    private static (EventsRequest?, Refusal?) Invalid(string text) => (null, Refusal.InvalidRequest with { Text = text });
}
