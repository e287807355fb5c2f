using Microsoft.AspNetCore.Http.Features;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// Makes ASP.NET's request objects, and takes out of each what its logs and traces would show and mustn't: a token in the query, and what
/// breaks a line. It is called before a request's first log line and before its span begins; a middleware would come too late.
/// </summary>
internal sealed class LoggableRequests(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request)
        {
            QueryToken.Take(featureCollection, request);

            // Nothing here has such a path or type: it is as unknown without the characters as it was with them.
            request.Path = LogText.OneLine(request.Path);
            if (request.Headers.ContentType.Count > 0)
            {
                request.Headers.ContentType = request.Headers.ContentType.Select(type => LogText.OneLine(type ?? "")).ToArray();
            }
        }

        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
