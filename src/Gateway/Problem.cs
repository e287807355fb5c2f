using Microsoft.AspNetCore.Diagnostics;

namespace OptimizationGateway.Gateway;

/// <summary>Refusals before the upgrade, as problem+json: PROTOCOL.md section 7.</summary>
internal static class Problem
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What was wrong and what to do.</param>
    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        if (Handshake.HasBody(context) && context.Response.Headers.Connection.Count == 0)
        {
            // Nobody reads it, so nobody can know where the next request begins.
            context.Response.Headers.Connection = "close";
        }

        return Results.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    /// <summary>Gives what the server or the routing refuses without a word a body that says what there is.</summary>
    public static Task WriteMissingAsync(StatusCodeContext refused)
    {
        var context = refused.HttpContext;
        return WriteAsync(
            context,
            context.Response.StatusCode,
            context.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => $"Nothing is here. The WebSocket is at {GatewayEndpoint.Path}, the page at /.",
                StatusCodes.Status405MethodNotAllowed => "The Allow header has the methods that this path takes.",
                _ => "The request can't be served.",
            }
        );
    }
}
