using Microsoft.AspNetCore.Diagnostics;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Writes refusals before the upgrade as problem+json (PROTOCOL.md section 7).</summary>
internal static class Problem
{
    /// <summary>
    /// The bounds of <c>Retry-After</c>, in seconds: spread, so that clients that were refused together don't come back together.
    /// </summary>
    private const int SoonestReturn = 1;
    private const int LatestReturn = 5;

    /// <param name="context">The request.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="more">Further members, beside <c>code</c>; those that are null are left out.</param>
    public static Task WriteAsync(HttpContext context, Refusal refusal, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        if (refusal.IsForNow)
        {
            context.Response.Headers.RetryAfter = $"{Random.Shared.Next(SoonestReturn, LatestReturn + 1)}";
        }

        if (Handshake.HasBody(context) && context.Response.Headers.Connection.Count == 0)
        {
            // Nobody reads it, so nobody can know where the next request begins.
            context.Response.Headers.Connection = "close";
        }

        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.StatusCode = refusal.Status;
        var code = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = refusal.Name };
        foreach (var (name, value) in more)
        {
            if (value is not null)
            {
                code[name] = value;
            }
        }

        return Results.Problem(refusal.Text, statusCode: refusal.Status, extensions: code).ExecuteAsync(context);
    }

    /// <summary>Writes a body for the routing's own 404 and 405, which have none.</summary>
    public static Task WriteMissingAsync(StatusCodeContext refused) =>
        refused.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => WriteAsync(
                refused.HttpContext,
                Refusal.NotFoundUnder(refused.HttpContext.Request.PathBase.ToUriComponent())
            ),
            StatusCodes.Status405MethodNotAllowed => WriteAsync(
                refused.HttpContext,
                Refusal.MethodNotAllowed with
                {
                    Text = "The Allow header has the methods that this path takes.",
                }
            ),
            _ => Task.CompletedTask,
        };
}
