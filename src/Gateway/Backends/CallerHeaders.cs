using Grpc.Core;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The token and headers of a caller's handshake that may be forwarded to backends. The settings of each backend say what it gets.
/// This is no record, because a record's text would hold the token.
/// </summary>
internal sealed class CallerHeaders(string? token, IReadOnlyList<KeyValuePair<string, string>> headers)
{
    public static readonly CallerHeaders None = new(token: null, []);

    /// <summary>True if there is a token to forward.</summary>
    public bool HasToken => token is not null;

    /// <summary>Selects what one backend gets.</summary>
    /// <param name="takesToken">True if the backend gets the token.</param>
    /// <param name="names">The names of the headers that it gets, in lower case.</param>
    public Metadata Select(bool takesToken, IReadOnlyCollection<string> names)
    {
        var selected = new Metadata();
        if (takesToken && token is not null)
        {
            selected.Add("authorization", $"Bearer {token}");
        }

        foreach (var (name, value) in headers.Where(header => names.Contains(header.Key)))
        {
            selected.Add(name, value);
        }

        return selected;
    }
}
