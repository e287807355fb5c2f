using System.Buffers.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>
/// Checks that a token is genuine, issued for this program, and valid now. The library does the cryptography; times go by <see
/// cref="TimeProvider"/>.
/// </summary>
public sealed class TokenCheck(TokenOptions options, ISigningKeys source, TimeProvider time)
{
    /// <summary>The longest token, in characters; Kestrel takes 32 KiB of headers.</summary>
    public const int MaxLength = 16 * 1024;

    private readonly JsonWebTokenHandler handler = new();

    /// <returns>The claims of a good token, or the fault of another.</returns>
    public async Task<(TokenClaims? Claims, TokenFault? Fault)> CheckAsync(string text, CancellationToken cancel)
    {
        if (!text.Split('.').All(IsCanonical) || Read(text) is not { } token)
        {
            return (null, TokenFault.Malformed);
        }

        if (TokenHeader.FaultOf(token) is { } odd)
        {
            return (null, odd);
        }

        if (await source.GetAsync(cancel) is not { } keys)
        {
            return (null, TokenFault.Unchecked);
        }

        var fault = await SignatureFaultAsync(token, keys);
        if (fault == TokenFault.UnknownKey || fault == TokenFault.BadSignature)
        {
            // The authority may have changed its keys. Where that can't be asked just now, an unknown one may be right: come back.
            fault =
                await source.RefreshAsync(cancel) is { } newer ? await SignatureFaultAsync(token, newer)
                : fault == TokenFault.UnknownKey ? TokenFault.KeyNotYetKnown
                : fault;
        }

        var claims = fault is null ? TokenClaims.Read(token) : null;
        fault ??= claims is null ? TokenFault.Malformed : TimeFault(claims);
        return (fault is null ? claims : null, fault);
    }

    /// <summary>True if a part is base64url without padding, in the one way that its bytes are written. The library takes others, too.</summary>
    private static bool IsCanonical(string part) =>
        Base64Url.IsValid(part) && string.Equals(Base64Url.EncodeToString(Base64Url.DecodeFromChars(part)), part, StringComparison.Ordinal);

    private static JsonWebToken? Read(string text)
    {
        try
        {
            var token = new JsonWebToken(text);
            return token.IsEncrypted ? null : token;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    /// <summary>Checks the signature, the issuer and the audience.</summary>
    private async Task<TokenFault?> SignatureFaultAsync(JsonWebToken token, IReadOnlyList<SecurityKey> keys)
    {
        var named = keys.Where(key => IsMeant(key, token.Kid)).ToList();
        if (named.Count == 0)
        {
            return TokenFault.UnknownKey;
        }

        var candidates = named.Where(key => SigningAlgorithms.Allows(token.Alg, key)).ToList();
        if (candidates.Count == 0)
        {
            return TokenFault.BadAlgorithm;
        }

        var result = await handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = options.Issuer,
                ValidAudience = options.Audience,
                IgnoreTrailingSlashWhenValidatingAudience = false,
                IssuerSigningKeyResolver = (_, _, _, _) => candidates,
                TryAllIssuerSigningKeys = false,
                AlgorithmValidator = (algorithm, key, _, _) => SigningAlgorithms.Allows(algorithm, key),
                ValidateLifetime = false,
            }
        );
        return result.IsValid
            ? null
            : result.Exception switch
            {
                SecurityTokenInvalidIssuerException => TokenFault.WrongIssuer(options.Section),
                SecurityTokenInvalidAudienceException => TokenFault.WrongAudience(options.Section),
                SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException => TokenFault.BadSignature,
                _ => TokenFault.Malformed,
            };
    }

    /// <summary>A key out of a PEM file has no name, and a token needn't name one.</summary>
    private static bool IsMeant(SecurityKey key, string? kid) =>
        string.IsNullOrEmpty(kid) || string.IsNullOrEmpty(key.KeyId) || string.Equals(key.KeyId, kid, StringComparison.Ordinal);

    private TokenFault? TimeFault(TokenClaims claims) =>
        claims.Expires is not { } expires ? TokenFault.NoExpiry
        : expires <= time.GetUtcNow() ? TokenFault.Expired
        : claims.NotBefore > time.GetUtcNow() + options.ClockSkew ? TokenFault.NotYetValid
        : null;
}
