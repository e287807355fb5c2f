using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// Creates ASP.NET's request objects, and removes from each request what must not get into logs and traces: a token in the query, and
/// characters that break a line. It runs before a request's first log line and before its span begins; a middleware would run too
/// late.
/// </summary>
internal sealed class LoggableRequests(IServiceProvider services) : IHttpContextFactory
{
    /// <summary>The request headers that ASP.NET logs, at one level or another.</summary>
    private static readonly string[] LoggedHeaders =
    [
        HeaderNames.ContentType,
        ForwardedHeadersDefaults.XForwardedForHeaderName,
        ForwardedHeadersDefaults.XForwardedHostHeaderName,
        ForwardedHeadersDefaults.XForwardedProtoHeaderName,
        ForwardedHeadersDefaults.XForwardedPrefixHeaderName,
    ];

    private readonly DefaultHttpContextFactory inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request)
        {
            QueryToken.Take(featureCollection, request);

            // Nothing here has such a path, type or address: it is as unknown without the characters as it was with them.
            request.Path = LogText.OneLine(request.Path);
            foreach (var name in LoggedHeaders)
            {
                if (request.Headers.TryGetValue(name, out var values))
                {
                    request.Headers[name] = values.Select(value => LogText.OneLine(value ?? "")).ToArray();
                }
            }
        }

        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
