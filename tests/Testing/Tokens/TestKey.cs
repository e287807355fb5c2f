using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Testing.Tokens;

/// <summary>A key that a test signs tokens with.</summary>
public sealed class TestKey : IDisposable
{
    private static readonly ConcurrentDictionary<int, Lazy<RSAParameters>> Common = new();

    private readonly AsymmetricAlgorithm key;

    private TestKey(AsymmetricAlgorithm key, string algorithm)
    {
        this.key = key;
        Algorithm = algorithm;
    }

    /// <summary>Its name in a JWK set.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>The algorithm it signs with, as a token names it.</summary>
    public string Algorithm { get; }

    public string PublicPem => key.ExportSubjectPublicKeyInfoPem();

    /// <summary>A key that nobody else has. To find one takes a fifth of a second.</summary>
    public static TestKey Rsa(int bits = 2048, string algorithm = "RS256") => new(RSA.Create(bits), algorithm);

    /// <summary>The key that all tests of this process share, by another name each time: for a gateway of one's own, which knows no other.</summary>
    public static TestKey CommonRsa(int bits = 2048, string algorithm = "RS256")
    {
        var rsa = RSA.Create();
        rsa.ImportParameters(Common.GetOrAdd(bits, static bits => new Lazy<RSAParameters>(() => Find(bits))).Value);
        return new TestKey(rsa, algorithm);
    }

    public static TestKey Ec(string algorithm = "ES256") =>
        new(
            ECDsa.Create(
                algorithm switch
                {
                    "ES384" => ECCurve.NamedCurves.nistP384,
                    "ES512" => ECCurve.NamedCurves.nistP521,
                    _ => ECCurve.NamedCurves.nistP256,
                }
            ),
            algorithm
        );

    public byte[] Sign(byte[] text)
    {
        var hash = Algorithm[^3..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return key switch
        {
            RSA rsa => rsa.SignData(
                text,
                hash,
                Algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            ),
            ECDsa ec => ec.SignData(text, hash),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Its public half, as in a JWK set.</summary>
    public JsonObject ToJwk()
    {
        if (key is RSA rsa)
        {
            var half = rsa.ExportParameters(includePrivateParameters: false);
            return new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = Id,
                ["n"] = JwtText.Encode(half.Modulus!),
                ["e"] = JwtText.Encode(half.Exponent!),
            };
        }

        var point = ((ECDsa)key).ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "EC",
            ["use"] = "sig",
            ["kid"] = Id,
            ["crv"] = key.KeySize == 521 ? "P-521" : $"P-{key.KeySize}",
            ["x"] = JwtText.Encode(point.Q.X!),
            ["y"] = JwtText.Encode(point.Q.Y!),
        };
    }

    public static JsonObject ToJwks(params IEnumerable<TestKey> keys) =>
        new() { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key.ToJwk())]) };

    public void Dispose() => key.Dispose();

    private static RSAParameters Find(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportParameters(includePrivateParameters: true);
    }
}
