using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The <c>access_token</c> of a request's query, taken out of its URL: ASP.NET logs and traces whole URLs. This is done whether the setting
/// allows such tokens or not, since clients may send them all the same.
/// </summary>
internal sealed class QueryToken
{
    private const string Parameter = "access_token";

    private readonly StringValues texts;

    private QueryToken(StringValues texts) => this.texts = texts;

    /// <summary>The tokens that the query had; empty if it had none.</summary>
    public static StringValues Of(HttpContext context) => context.Features.Get<QueryToken>()?.texts ?? StringValues.Empty;

    /// <summary>Moves the token from the URL to a feature.</summary>
    public static void Take(IFeatureCollection features, IHttpRequestFeature request)
    {
        if (request.QueryString.Length <= 1)
        {
            return;
        }

        var parameters = QueryHelpers.ParseQuery(request.QueryString);
        if (parameters.Remove(Parameter, out var texts))
        {
            features.Set(new QueryToken(texts));
            request.QueryString = QueryString.Create(parameters).Value ?? "";
            request.RawTarget = request.RawTarget[..request.RawTarget.IndexOf('?', StringComparison.Ordinal)] + request.QueryString;
        }
    }
}
