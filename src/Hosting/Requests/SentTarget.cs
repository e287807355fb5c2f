using Microsoft.AspNetCore.Http.Features;

namespace OptimizationGateway.Hosting.Requests;

/// <summary>Reads a request's target as it was sent, before the server decoded it.</summary>
public static class SentTarget
{
    /// <summary>The path, neither decoded nor normalized, without the scheme and host that a request to a proxy has.</summary>
    public static string PathOf(HttpContext context) =>
        PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).ToString();

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        var path = target.IndexOf('?') is var query and >= 0 ? target[..query] : target;
        return path.IndexOf("://") is var scheme and >= 0 && path[(scheme + 3)..].IndexOf('/') is var slash and >= 0
            ? path[(scheme + 3 + slash)..]
            : path;
    }
}
