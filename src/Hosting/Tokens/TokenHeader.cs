using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>
/// Checks a token's header for members that change how the token is read. The library ignores them, so it would read another token.
/// </summary>
internal static class TokenHeader
{
    /// <summary>The options for both parts of a token: RFC 7515 and RFC 7519 let a reader refuse a name that stands twice.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <returns>The first fault; null if the header has none.</returns>
    public static TokenFault? FaultOf(JsonWebToken token)
    {
        try
        {
            using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader), Strict);
            return header.RootElement.ValueKind != JsonValueKind.Object ? TokenFault.Malformed
                : Has("crit") ? TokenFault.Critical
                // RFC 7516 has zip and enc for encrypted tokens alone, and RFC 7797 forbids b64 in a JWT.
                : Has("zip") || Has("enc") || Has("b64") ? TokenFault.OddlyEncoded
                : null;

            bool Has(string name) => header.RootElement.TryGetProperty(name, out _);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return TokenFault.Malformed;
        }
    }
}
