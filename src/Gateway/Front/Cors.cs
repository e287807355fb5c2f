using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Lets pages of allowed origins read answers, and decides about requests of pages that name no origin.</summary>
internal static class Cors
{
    public const string Methods = "GET, HEAD, OPTIONS";

    private const string Exposed = "Stream-Next-Offset, Stream-Cursor, Stream-Up-To-Date, Stream-Closed, ETag, Retry-After";
    private const string Allowed = "Authorization, If-None-Match, Last-Event-ID, Cache-Control, traceparent";

    /// <summary>The header that keeps other pages from embedding an answer.</summary>
    private const string ResourcePolicy = "Cross-Origin-Resource-Policy";

    /// <summary>The time for which a browser needn't ask again, in seconds.</summary>
    private const string MaxAge = "600";

    /// <returns>The reason to refuse the request; null if it may come in.</returns>
    public static Refusal? WhyNot(HttpRequest request, CallerPolicy policy) =>
        policy.WhyNot(request)
        // A browser sends no Origin with a GET of the same origin, and none with what a page merely embeds.
        ?? (request.Headers.Origin.Count == 0 && IsElsewhere(request) && !policy.AllowsEveryOrigin ? Refusal.OriginNotAllowed : null);

    /// <summary>Sets the headers with which a page of an allowed origin may read the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="vary">The names of the headers that the answer depends on.</param>
    public static void Set(HttpContext context, string vary)
    {
        var (request, headers) = (context.Request.Headers, context.Response.Headers);
        headers.Append(HeaderNames.Vary, vary);
        headers.XContentTypeOptions = "nosniff";
        headers[ResourcePolicy] = "same-origin";
        if (request.Origin.Count > 0)
        {
            headers.AccessControlAllowOrigin = request.Origin;
            headers.AccessControlExposeHeaders = Exposed;
            headers[ResourcePolicy] = "cross-origin";
        }
    }

    /// <summary>Answers a preflight, or anyone who asks for the methods.</summary>
    public static void AnswerOptions(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Allow = Methods;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (context.Request.Headers.AccessControlRequestMethod.Count > 0)
        {
            headers.AccessControlAllowMethods = Methods;
            headers.AccessControlAllowHeaders = Allowed;
            headers.AccessControlMaxAge = MaxAge;
        }
    }

    private static bool IsElsewhere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
}
