using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Middleware behind the routing, which takes <c>/METRICS</c>, <c>/metrics/</c> and <c>/%6detrics</c> for <c>/metrics</c>: answers 404
/// unless the path is written exactly as it is mapped. A proxy in front that hides a path compares it letter by letter.
/// </summary>
/// <param name="pathBase">The path that everything is under (<c>Gateway:PathBase</c>); empty if there is none.</param>
internal sealed class ExactPaths(string pathBase)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint() is RouteEndpoint endpoint && !IsAsMapped(pathBase + endpoint.RoutePattern.RawText, SentTarget.PathOf(context))
            ? Problem.WriteAsync(context, Refusal.NotFoundUnder(context.Request.PathBase.ToUriComponent()))
            : next(context);

    /// <summary>Compares part by part: a part with a parameter can be anything.</summary>
    private static bool IsAsMapped(string pattern, string path)
    {
        if (!pattern.Contains('{', StringComparison.Ordinal))
        {
            return pattern == path;
        }

        var (mapped, sent) = (pattern.Split('/'), path.Split('/'));
        return mapped.Length == sent.Length && mapped.Zip(sent).All(part => part.First.StartsWith('{') || part.First == part.Second);
    }
}
