using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Serves a description of the contract for machines: OpenAPI of plain HTTP, AsyncAPI of the WebSocket. It is public, so pages of any
/// origin may read it. The tests make the documents of the gateway's own types, in docs/schema; the build embeds them.
/// </summary>
internal sealed class DescriptionFile(string resource, CallerPolicy policy)
{
    public const string OpenApiPath = "/openapi.json";
    public const string AsyncApiPath = "/asyncapi.json";

    private const string ResourceFolder = "schema";

    /// <summary>The members of a server that say under which path everything is, as the documents have them.</summary>
    private static readonly string[] Roots = ["\"url\": \"/\"", "\"pathname\": \"/\""];

    private readonly string text = Read(resource);

    public static void Map(IEndpointRouteBuilder routes, CallerPolicy policy)
    {
        foreach (var path in new[] { OpenApiPath, AsyncApiPath })
        {
            routes.MapRead(path, new DescriptionFile(ResourceFolder + path, policy).ServeAsync);
        }
    }

    private Task ServeAsync(HttpContext context)
    {
        if (policy.WhyNotHost(context.Request) is { } refusal)
        {
            return Problem.WriteAsync(context, refusal);
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = CallerPolicy.All;
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache";
        var content = Encoding.UTF8.GetBytes(Under(context.Request.PathBase.ToUriComponent()));
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
        return Results.Bytes(content, "application/json", entityTag: tag).ExecuteAsync(context);
    }

    private string Under(string pathBase) =>
        pathBase.Length == 0
            ? text
            : Roots.Aggregate(
                text,
                (one, root) => one.Replace(root, root.Replace("/", pathBase, StringComparison.Ordinal), StringComparison.Ordinal)
            );

    private static string Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
