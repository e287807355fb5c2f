using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>The claims of a genuine token that a program reads.</summary>
public sealed class TokenClaims
{
    private static readonly long LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private readonly JsonElement payload;

    private TokenClaims(JsonElement payload) => this.payload = payload;

    /// <summary>The time it ceases to be valid; null if <c>exp</c> is missing.</summary>
    public DateTimeOffset? Expires => Moment("exp");

    /// <summary>The time it begins to be valid; null if <c>nbf</c> is missing.</summary>
    public DateTimeOffset? NotBefore => Moment("nbf");

    /// <summary>The subject it was issued to; null if <c>sub</c> is missing.</summary>
    public string? Subject => payload.TryGetProperty("sub", out var subject) ? TextOf(subject) : null;

    /// <returns>The claims; null if the payload is no JSON object, has a name twice, or has a time that is no number.</returns>
    public static TokenClaims? Read(JsonWebToken token)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), TokenHeader.Strict);
            var claims = document.RootElement.Clone();
            return claims.ValueKind == JsonValueKind.Object && IsTimeOrNone(claims, "exp") && IsTimeOrNone(claims, "nbf")
                ? new TokenClaims(claims)
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The texts of a claim: the entries of a list, or the words of one text (as in <c>scope</c>).</summary>
    public IReadOnlyList<string> TextsOf(string claim)
    {
        if (!payload.TryGetProperty(claim, out var value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(TextOf).OfType<string>()]
            : TextOf(value)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is JSON, but no text.
            return null;
        }
    }

    private static bool IsTimeOrNone(JsonElement claims, string claim) =>
        !claims.TryGetProperty(claim, out var value) || value.ValueKind == JsonValueKind.Number;

    /// <summary>
    /// Reads RFC 7519's NumericDate: seconds, perhaps with a fraction. A time that .NET can't hold becomes the nearest one that it
    /// can.
    /// </summary>
    private DateTimeOffset? Moment(string claim) =>
        payload.TryGetProperty(claim, out var value) && value.TryGetDouble(out var seconds)
            ? seconds >= LatestSecond
                ? DateTimeOffset.MaxValue
                : seconds <= 0
                    ? DateTimeOffset.UnixEpoch
                    : DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;
}
