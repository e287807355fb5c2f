using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace OptimizationGateway.Gateway;

/// <summary>
/// The page at /, which the build makes of clients/console and embeds in the assembly, so that it is there wherever the gateway is hosted.
/// Where it was built without Node.js, / says how to get the page.
/// </summary>
internal static class ConsolePage
{
    private static readonly (string Path, string File, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/console.js", "console.js", "text/javascript; charset=utf-8"),
        ("/console.css", "console.css", "text/css; charset=utf-8"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobsApiUrl = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value.Console.JobsApiUrl.TrimEnd('/');
        var jobsOrigin = jobsApiUrl.Length > 0 ? new Uri(jobsApiUrl).GetLeftPart(UriPartial.Authority) : "";
        foreach (var (path, file, contentType) in Files)
        {
            if ((Read($"console/{file}") ?? (path == "/" ? Read("ConsoleMissing.html") : null)) is { } content)
            {
                MapFile(path, content, contentType);
            }
        }

        var settings = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["jobsApiUrl"] = jobsApiUrl }
        );
        MapFile("/console.json", settings, "application/json");

        void MapFile(string path, byte[] content, string contentType)
        {
            // The names never change, so the browser asks each time; what it has already isn't sent again.
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
            routes.MapGet(path, (HttpContext context) => Serve(context, content, contentType, tag, jobsOrigin));
        }
    }

    private static IResult Serve(HttpContext context, byte[] content, string contentType, EntityTagHeaderValue tag, string jobsOrigin)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {jobsOrigin}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Results.Bytes(content, contentType, entityTag: tag);
    }

    private static byte[]? Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }

        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
