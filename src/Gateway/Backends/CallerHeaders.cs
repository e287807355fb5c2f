using System.Security.Cryptography;
using System.Text;
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

    /// <summary>Hashes what <see cref="Select"/> selects. Equal hashes mean equal headers, in the same order.</summary>
    /// <returns>SHA-256 as hexadecimal text; empty if nothing is selected.</returns>
    public string Fingerprint(bool takesToken, IReadOnlyCollection<string> names)
    {
        var selected = Select(takesToken, names);
        if (selected.Count == 0)
        {
            return "";
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in selected)
        {
            // With the lengths, so that no two lists of headers run together into the same bytes.
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Key.Length}:{entry.Key}{entry.Value.Length}:{entry.Value}"));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
