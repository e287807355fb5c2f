using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>
/// Decides which algorithm may go with which key. The kind of the key decides, never the token: a public key is no secret for HMAC, and
/// <c>none</c> goes with no key.
/// </summary>
internal static class SigningAlgorithms
{
    private const int MinRsaBits = 2048;

    public static bool Allows(string algorithm, SecurityKey key) =>
        key switch
        {
            X509SecurityKey certified => Allows(algorithm, certified.PublicKey, certified.KeySize),
            RsaSecurityKey rsa => IsRsa(algorithm) && rsa.KeySize >= MinRsaBits,
            ECDsaSecurityKey ec => IsEc(algorithm, ec.KeySize),
            SymmetricSecurityKey secret => secret.KeySize >= MinSecretBits(algorithm),
            _ => false,
        };

    /// <summary>True if at least one algorithm goes with the key.</summary>
    public static bool IsUsable(SecurityKey key) =>
        Allows("RS256", key) || Allows("ES256", key) || Allows("ES384", key) || Allows("ES512", key);

    private static bool Allows(string algorithm, AsymmetricAlgorithm key, int bits) =>
        key switch
        {
            RSA => IsRsa(algorithm) && bits >= MinRsaBits,
            ECDsa => IsEc(algorithm, bits),
            _ => false,
        };

    /// <summary>The length of the hash (RFC 7518 section 3.2).</summary>
    private static int MinSecretBits(string algorithm) =>
        algorithm switch
        {
            "HS256" => 256,
            "HS384" => 384,
            "HS512" => 512,
            _ => int.MaxValue,
        };

    private static bool IsRsa(string algorithm) => algorithm is "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512";

    private static bool IsEc(string algorithm, int bits) => (algorithm, bits) is ("ES256", 256) or ("ES384", 384) or ("ES512", 521);
}
