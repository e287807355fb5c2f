using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway;

/// <summary>Refusals before the upgrade, as problem+json: PROTOCOL.md section 7.</summary>
internal static class Problem
{
    /// <summary>How late a client is asked to come back, in seconds. Spread, so that those who were refused together don't come back together.</summary>
    private const int SoonestReturn = 1;
    private const int LatestReturn = 5;

    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        if (refusal.IsForNow)
        {
            context.Response.Headers.RetryAfter = $"{Random.Shared.Next(SoonestReturn, LatestReturn + 1)}";
        }

        context.Response.StatusCode = refusal.Status;
        var code = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = refusal.Name };
        return Results.Problem(refusal.Text, statusCode: refusal.Status, extensions: code).ExecuteAsync(context);
    }
}
