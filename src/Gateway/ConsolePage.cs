using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace OptimizationGateway.Gateway;

/// <summary>
/// The page at /: the documented client, in a few files that are embedded in the assembly, so that it is there wherever the gateway is hosted.
/// </summary>
internal static class ConsolePage
{
    private static readonly (string Path, string File, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/console.js", "console.js", "text/javascript; charset=utf-8"),
        ("/watch.js", "watch.js", "text/javascript; charset=utf-8"),
        ("/chart.js", "chart.js", "text/javascript; charset=utf-8"),
        ("/console.css", "console.css", "text/css; charset=utf-8"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobsApiUrl = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value.Console.JobsApiUrl.TrimEnd('/');
        var jobsOrigin = jobsApiUrl.Length > 0 ? new Uri(jobsApiUrl).GetLeftPart(UriPartial.Authority) : "";
        foreach (var (path, file, contentType) in Files)
        {
            var content = Read(file);
            routes.MapGet(path, (HttpContext context) => Serve(context, content, contentType, jobsOrigin));
        }

        var settings = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["jobsApiUrl"] = jobsApiUrl }
        );
        routes.MapGet("/console.json", (HttpContext context) => Serve(context, settings, "application/json", jobsOrigin));
    }

    private static IResult Serve(HttpContext context, byte[] content, string contentType, string jobsOrigin)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {jobsOrigin}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Results.Bytes(content, contentType);
    }

    private static byte[] Read(string file)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"console/{file}")
            ?? throw new InvalidOperationException($"The assembly lacks its page's {file}.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
