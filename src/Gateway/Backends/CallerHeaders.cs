using Grpc.Core;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// What of a caller's handshake may be handed on to backends: its token and chosen headers. Each backend gets what its settings say. No record:
/// a record's text would hold the token.
/// </summary>
internal sealed class CallerHeaders(string? token, IReadOnlyList<KeyValuePair<string, string>> headers)
{
    public static readonly CallerHeaders None = new(token: null, []);

    /// <summary>Whether there is a token to hand on.</summary>
    public bool HasToken => token is not null;

    /// <param name="takesToken">Whether a backend gets the token.</param>
    /// <param name="names">Which headers it gets, in lower case.</param>
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
