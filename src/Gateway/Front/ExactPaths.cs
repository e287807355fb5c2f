using Microsoft.AspNetCore.Http.Features;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Middleware behind the routing, which takes <c>/METRICS</c>, <c>/metrics/</c> and <c>/%6detrics</c> for <c>/metrics</c>: here only what is
/// written exactly so is there. A proxy in front that hides a path compares it letter by letter, and what it lets through must not be that path.
/// </summary>
/// <param name="pathBase">What everything is under (<c>Gateway:PathBase</c>); empty where it isn't.</param>
internal sealed class ExactPaths(string pathBase)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint() is RouteEndpoint endpoint && pathBase + endpoint.RoutePattern.RawText != PathAsSent(context)
            ? Problem.WriteAsync(context, Refusal.NotFoundUnder(context.Request.PathBase.ToUriComponent()))
            : next(context);

    /// <summary>Neither decoded nor tidied up; without the scheme and host that a request to a proxy has.</summary>
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        var path = target.IndexOf('?') is var query and >= 0 ? target[..query] : target;
        return path.IndexOf("://") is var scheme and >= 0 && path[(scheme + 3)..].IndexOf('/') is var slash and >= 0
            ? path[(scheme + 3 + slash)..]
            : path;
    }

    private static string PathAsSent(HttpContext context) =>
        PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).ToString();
}
