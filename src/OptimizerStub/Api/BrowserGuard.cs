using System.Net;
using System.Net.Mime;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>
/// Keeps pages of other sites from using the API through the browser of whoever runs it. CORS alone wouldn't: it stops
/// a page from reading an answer, not from sending a form, and not a name that was pointed at 127.0.0.1.
/// </summary>
internal sealed class BrowserGuard(IOptions<StubOptions> options) : IMiddleware
{
    private readonly string[] hosts = StubOptions.Listed(options.Value.AllowedHosts);
    private readonly string[] origins = StubOptions.Listed(options.Value.AllowedOrigins);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!IsOurName(request.Host.Host))
        {
            return Refuse(StatusCodes.Status403Forbidden, $"The host '{request.Host.Host}' is not allowed; Stub:AllowedHosts can name it.");
        }

        if (HttpMethods.IsPost(request.Method) && !IsAllowedOrigin(request))
        {
            return Refuse(
                StatusCodes.Status403Forbidden,
                $"Pages of '{request.Headers.Origin}' may not write; Stub:AllowedOrigins can name it."
            );
        }

        // A form is what a page can post elsewhere without asking; JSON has to ask first.
        if (HttpMethods.IsPost(request.Method) && !IsJson(request))
        {
            return Refuse(StatusCodes.Status415UnsupportedMediaType, "A body must be application/json.");
        }

        return next(context);

        Task Refuse(int status, string detail) => Problem.Of(status, detail).ExecuteAsync(context);
    }

    // An address can't be pointed elsewhere, a name can.
    private bool IsOurName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _)
        || hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private bool IsAllowedOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var own = $"{request.Scheme}://{request.Host}";
        return origin.Length == 0
            || origin.Equals(own, StringComparison.OrdinalIgnoreCase)
            || origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }

    // Nothing at all is what `curl -X POST` sends.
    private static bool IsJson(HttpRequest request) =>
        request.ContentType is null
            ? request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0
            : MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase);
}
