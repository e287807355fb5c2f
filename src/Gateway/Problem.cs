namespace OptimizationGateway.Gateway;

/// <summary>Refusals before the upgrade, as problem+json: PROTOCOL.md section 7.</summary>
internal static class Problem
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What was wrong and what to do.</param>
    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return Results.Problem(detail, statusCode: status).ExecuteAsync(context);
    }
}
