using Microsoft.AspNetCore.Diagnostics;
using OptimizationGateway.Contracts;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Callers;

namespace OptimizationGateway.LogServer.Http;

/// <summary>Writes refusals as problem+json, with their headers.</summary>
internal static class Problem
{
    /// <summary>The bounds of <c>Retry-After</c>, in seconds: spread, so that producers don't come back together.</summary>
    private const int SoonestReturn = 1;
    private const int LatestReturn = 3;

    public static readonly Refusal NotFound = new(
        "not_found",
        404,
        Grpc.Core.StatusCode.NotFound,
        "Nothing is here. Append to /jobs/<job id>/events; a job id is percent-encoded."
    );

    public static readonly Refusal MethodNotAllowed = new("method_not_allowed", 405, Grpc.Core.StatusCode.Unimplemented, "");

    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        SetHeaders(context, refusal);
        context.Response.StatusCode = refusal.Status;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        var more = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = refusal.Code };
        if (refusal.State is { } state)
        {
            more["lastEventId"] = state.LastId;
        }

        if (refusal.ProducerEpoch is { } epoch)
        {
            more["producerEpoch"] = epoch;
        }

        if (refusal.Sequence is { } sequence)
        {
            (more["expectedSequence"], more["receivedSequence"]) = (sequence.Expected, sequence.Received);
        }

        return Results.Problem(refusal.Text, statusCode: refusal.Status, extensions: more).ExecuteAsync(context);
    }

    /// <summary>Writes a body for an answer of the server's own that has none.</summary>
    public static Task WriteMissingAsync(StatusCodeContext refused) =>
        refused.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => WriteAsync(refused.HttpContext, NotFound),
            StatusCodes.Status405MethodNotAllowed => WriteAsync(
                refused.HttpContext,
                MethodNotAllowed with
                {
                    Text = "The Allow header has the methods that this path takes.",
                }
            ),
            _ => Task.CompletedTask,
        };

    private static void SetHeaders(HttpContext context, Refusal refusal)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        if (refusal.IsForNow)
        {
            headers.RetryAfter = EventsAnswer.Text(Random.Shared.Next(SoonestReturn, LatestReturn + 1));
        }

        if (refusal.Status == StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // Nobody reads the rest of the body.
            headers.Connection = "close";
        }

        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = refusal.Code == CallerRefusals.TokenMissing.Code ? "Bearer" : "Bearer error=\"invalid_token\"";
        }

        if (refusal.State is { } state)
        {
            headers[EventsHeaders.JobLastId] = EventsAnswer.Text(state.LastId);
            if (state.Epoch is { } log)
            {
                headers[EventsHeaders.NextOffset] = new StreamOffset(state.LastId, log).ToString();
            }

            if (state.Ended)
            {
                headers[EventsHeaders.Closed] = "true";
            }
        }

        if (refusal.ProducerEpoch is { } epoch)
        {
            headers[EventsHeaders.ProducerEpoch] = EventsAnswer.Text(epoch);
        }

        if (refusal.Sequence is { } sequence)
        {
            headers[EventsHeaders.ExpectedSequence] = EventsAnswer.Text(sequence.Expected);
            headers[EventsHeaders.ReceivedSequence] = EventsAnswer.Text(sequence.Received);
        }
    }
}
