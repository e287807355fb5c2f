using System.Text.RegularExpressions;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Puts everything under a path, for a host name that serves other things too: <c>Gateway:PathBase</c>.</summary>
internal sealed partial class PathBase(string path)
{
    private readonly PathString path = path;

    /// <summary>True if the text is empty or like <c>/optimizer</c>.</summary>
    public static bool IsValid(string path) => path.Length == 0 || Form().IsMatch(path);

    /// <summary>Middleware that removes the path from requests under it and answers all others with 404.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!request.Path.StartsWithSegments(path, StringComparison.Ordinal, out var rest))
        {
            return Problem.WriteAsync(context, Refusal.NotFoundUnder(request.PathBase.Add(path).ToUriComponent()));
        }

        request.PathBase = request.PathBase.Add(path);
        if (!rest.HasValue)
        {
            // The page's links are relative: without the slash they would lead beside it.
            context.Response.Redirect($"{request.PathBase.ToUriComponent()}/{request.QueryString.ToUriComponent()}");
            return Task.CompletedTask;
        }

        request.Path = rest;
        return next(context);
    }

    [GeneratedRegex(
        @"\A(/[A-Za-z0-9._~-]+)+\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}
