using System.Buffers;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Answers with the errors of PROTOCOL.md section 6, as problem+json with the same codes and members.</summary>
internal static class EventsErrors
{
    /// <summary>RFC 8470; ASP.NET has no name for it.</summary>
    private const int TooEarly = 425;

    /// <summary>The texts where a client that reads by HTTP has to do something else than one with a WebSocket.</summary>
    private static readonly Dictionary<string, (int Status, string? Text)> Answers = new(StringComparer.Ordinal)
    {
        [ErrorCode.Unauthorized.Name] = (StatusCodes.Status401Unauthorized, null),
        [ErrorCode.Forbidden.Name] = (StatusCodes.Status403Forbidden, null),
        [ErrorCode.JobNotFound.Name] = (StatusCodes.Status404NotFound, null),
        [ErrorCode.EpochChanged.Name] = (
            StatusCodes.Status409Conflict,
            "The job's log is another one now, so this offset means nothing in it. Read from -1."
        ),
        [ErrorCode.HistoryTruncated.Name] = (
            StatusCodes.Status410Gone,
            "The job's log no longer reaches back to this offset: events in between are gone. Read from -1 to see what is left."
        ),
        [ErrorCode.CursorAhead.Name] = (TooEarly, "The offset is beyond the end of the job's log. Read from -1, or from now on."),
        [ErrorCode.BadEvent.Name] = (
            StatusCodes.Status502BadGateway,
            "The job has an event that can't be shown. Read from skipOffset, if it is given, to skip it."
        ),
        [ErrorCode.BackendError.Name] = (StatusCodes.Status502BadGateway, null),
        [ErrorCode.BackendUnavailable.Name] = (StatusCodes.Status503ServiceUnavailable, null),
    };

    /// <summary>The names of the codes that there are answers for.</summary>
    public static IReadOnlyCollection<string> Codes => Answers.Keys;

    /// <summary>Returns the answer's status for a code.</summary>
    public static int StatusOf(ErrorCode code) => Answers[code.Name].Status;

    /// <summary>Writes the answer.</summary>
    public static Task WriteAsync(
        HttpContext context,
        EventsRequest request,
        ErrorMessage error,
        StreamPosition position,
        TimeProvider time
    )
    {
        var (status, text) = Answers[error.Code.Name];
        var isText = text is null || error.Text != error.Code.Text;
        var refusal = new Refusal(error.Code.Name, status, isText ? error.Text : text!, error.Code.Retryable);
        if (request.IsReturn && refusal.IsForNow)
        {
            return ComeBackAsync(context, request, refusal, time);
        }

        context.Response.Headers.CacheControl = "no-store";
        return Problem.WriteAsync(
            context,
            refusal,
            ("retryable", error.Code.Retryable),
            ("jobId", error.JobId),
            ("earliestEventId", error.EarliestEventId),
            ("latestEventId", error.LatestEventId),
            ("eventId", error.EventId),
            ("skipOffset", error.EventId is { } id ? position.OffsetOf(id).ToString() : null)
        );
    }

    /// <summary>Answers an <c>EventSource</c> that should come back later.</summary>
    public static async Task ComeBackAsync(HttpContext context, EventsRequest request, Refusal refusal, TimeProvider time)
    {
        EventsAnswer.StartStream(context.Response);
        var output = new ArrayBufferWriter<byte>();
        var place = new StreamPosition(request.Place?.EventId, request.Place?.Epoch ?? "");
        new EventStreamWriter(place, request.Cursor, time).WriteEnd(output, refusal);
        await context.Response.Body.WriteAsync(output.WrittenMemory);
    }
}
