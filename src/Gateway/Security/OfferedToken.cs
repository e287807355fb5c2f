using System.Buffers;
using Microsoft.Extensions.Primitives;
using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The bearer token of a handshake, by the first of: the <c>Authorization</c> header, the subprotocols, the query (PROTOCOL.md section 7).
/// No record: a record's text would hold the token.
/// </summary>
internal sealed class OfferedToken
{
    /// <summary>The prefix of a subprotocol that is a token.</summary>
    public const string SubprotocolPrefix = "bearer.";

    private const string Scheme = "Bearer";

    /// <summary>The characters of RFC 6750's b64token.</summary>
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
    );

    private OfferedToken(string? text, TokenFault? fault, bool isSubprotocol = false)
    {
        Text = text;
        Fault = fault;
        IsSubprotocol = isSubprotocol;
    }

    /// <summary>The token; null if none was offered or it is no token.</summary>
    public string? Text { get; }

    /// <summary>The fault that shows without reading the token; null if there is none.</summary>
    public TokenFault? Fault { get; }

    /// <summary>True if it came as a subprotocol, as from a browser.</summary>
    public bool IsSubprotocol { get; }

    /// <param name="context">The handshake.</param>
    /// <param name="takesQuery">True if the query counts.</param>
    public static OfferedToken In(HttpContext context, bool takesQuery)
    {
        var inHeader = InHeader(context.Request.Headers.Authorization);
        if (inHeader.Count > 0)
        {
            return Of(inHeader);
        }

        var subprotocols = Subprotocols.OfferedBy(context.Request).Where(IsToken).ToArray();
        if (subprotocols.Length > 0)
        {
            return Of(subprotocols.Select(name => name[SubprotocolPrefix.Length..]).ToArray(), isSubprotocol: true);
        }

        var inQuery = takesQuery ? QueryToken.Of(context) : StringValues.Empty;
        return inQuery.Count > 0 ? Of(inQuery) : new OfferedToken(text: null, TokenFault.Missing);
    }

    /// <summary>True if a subprotocol is a token.</summary>
    public static bool IsToken(string subprotocol) => subprotocol.StartsWith(SubprotocolPrefix, StringComparison.Ordinal);

    /// <summary>The bearer tokens of the header. Other schemes are for others, such as a proxy that asks for a password.</summary>
    private static StringValues InHeader(StringValues authorization) =>
        authorization.Where(IsBearer).Select(value => value![Scheme.Length..].Trim(' ')).ToArray();

    private static bool IsBearer(string? value) =>
        value is not null
        && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');

    private static OfferedToken Of(StringValues texts, bool isSubprotocol = false)
    {
        var fault =
            texts.Count > 1 ? TokenFault.Several
            : texts[0]!.Length > TokenCheck.MaxLength ? TokenFault.TooLong
            : texts[0]!.Length == 0 || texts[0].AsSpan().ContainsAnyExcept(Characters) ? TokenFault.Malformed
            : null;
        return new OfferedToken(fault is null ? texts[0] : null, fault, isSubprotocol);
    }
}
