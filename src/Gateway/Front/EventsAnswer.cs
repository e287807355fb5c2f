using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Writes the answers with a job's events: the headers of the Durable Streams protocol, sections 5.6 to 5.8 and 10.</summary>
internal static class EventsAnswer
{
    public const string NextOffset = "Stream-Next-Offset";
    public const string Cursor = "Stream-Cursor";
    public const string UpToDate = "Stream-Up-To-Date";
    public const string Closed = "Stream-Closed";

    /// <summary>Nothing in it will change, and only for the caller that got it.</summary>
    private const string ForAWhile = "private, max-age=60, stale-while-revalidate=300";

    /// <summary>More may follow at any time: a cache asks again, with the ETag.</summary>
    private const string WithQuestion = "private, no-cache";

    private const string True = "true";

    /// <summary>Sets the headers of an event stream.</summary>
    public static void StartStream(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        // nginx would otherwise collect the stream, and its reader would hear nothing.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Writes a complete answer.</summary>
    /// <exception cref="OperationCanceledException">The reader is gone, or took nothing for too long.</exception>
    public static async Task WriteAsync(
        HttpContext context,
        EventsRequest request,
        EventBatch batch,
        TimeSpan stuckReaderTimeout,
        TimeProvider time
    )
    {
        var (response, position) = (context.Response, batch.Position);
        var (headers, isEmpty, isLive) = (response.Headers, batch.Json.IsEmpty, request.Mode == EventsMode.LongPoll);
        headers[NextOffset] = position.Token;
        SetIf(headers, UpToDate, position.IsUpToDate);
        SetIf(headers, Closed, position.IsClosed);
        if (isLive && !position.IsClosed)
        {
            headers[Cursor] = StreamCursor.After(time.GetUtcNow(), request.Cursor);
        }

        var isKept = request.Offset != StreamOffset.Now && !(isLive && isEmpty);
        headers.CacheControl =
            !isKept ? "no-store"
            : position is { IsUpToDate: true, IsClosed: false } ? WithQuestion
            : ForAWhile;
        if (isLive && isEmpty)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (isKept && IsKnown(context, headers.ETag = TagOf(request, position)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json";
        if (context.Request.Method == HttpMethods.Head)
        {
            return;
        }

        response.ContentLength = batch.Json.Length + 2;
        // A reader is slow or stuck by the rules of PROTOCOL.md section 5, and not by the server's own.
        context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        using var progress = new SendProgress(time, stuckReaderTimeout, AcknowledgedBytes.Of(context), context.Abort);
        var body = new ResponseWriter(response.Body, progress);
        await body.WriteAsync("["u8.ToArray(), context.RequestAborted);
        await body.WriteAsync(batch.Json, context.RequestAborted);
        await body.WriteAsync("]"u8.ToArray(), context.RequestAborted);
    }

    /// <summary>Tells answers apart that begin and end at the same places and say something else about the end.</summary>
    private static string TagOf(EventsRequest request, StreamPosition position)
    {
        var end =
            position.IsClosed ? "closed"
            : position.IsUpToDate ? "end"
            : "more";
        return $"\"{request.Offset}:{position.Token}:{end}\"";
    }

    private static bool IsKnown(HttpContext context, string? tag) =>
        context.Request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));

    private static void SetIf(IHeaderDictionary headers, string name, bool isSo)
    {
        if (isSo)
        {
            headers[name] = True;
        }
    }
}
