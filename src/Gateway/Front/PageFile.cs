using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Serves one file of a page, under a policy that forbids everything inline. The build makes the files of clients/console and embeds
/// them in the assembly, so they are there wherever the gateway is hosted.
/// </summary>
/// <param name="content">The file's content.</param>
/// <param name="contentType">The value of <c>Content-Type</c>.</param>
/// <param name="connectTo">An origin that the page may ask beside its own; empty for none.</param>
internal sealed class PageFile(byte[] content, string contentType, string connectTo = "")
{
    private const string Missing = "ConsoleMissing.html";

    /// <summary>
    /// The tag of this content. File names never change, so browsers ask each time and get 304 for a file that they have.
    /// </summary>
    private readonly EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");

    /// <summary>Maps a file of the build. In a build without Node.js it maps a page that says how to get it, and no other file.</summary>
    public static void Map(IEndpointRouteBuilder routes, string path, string file, string connectTo = "")
    {
        var isPage = file.EndsWith(".html", StringComparison.Ordinal);
        if ((Read($"console/{file}") ?? (isPage ? Read(Missing) : null)) is { } content)
        {
            new PageFile(content, ContentTypeOf(file), connectTo).Map(routes, path);
        }
    }

    /// <summary>True if this build has the file.</summary>
    public static bool Exists(string file) => Assembly.GetExecutingAssembly().GetManifestResourceInfo($"console/{file}") is not null;

    public void Map(IEndpointRouteBuilder routes, string path) => routes.MapRead(path, ServeAsync);

    private Task ServeAsync(HttpContext context)
    {
        PageHeaders.Set(context, connectTo);
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(content, contentType, entityTag: tag).ExecuteAsync(context);
    }

    private static string ContentTypeOf(string file) =>
        Path.GetExtension(file) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };

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
