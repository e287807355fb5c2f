using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>
/// Parses keys in files. A fault is a <see cref="FormatException"/> whose text continues the sentence "… is 'path', which …".
/// </summary>
internal static class KeyFormats
{
    /// <summary>The minimum for HS256 (RFC 7518 section 3.2); HS384 and HS512 need more.</summary>
    private const int MinSecretBytes = 32;

    public static List<SecurityKey> ParsePem(byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        var keys = new List<SecurityKey>();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            var (label, pem) = (rest[found.Label].ToString(), rest[found.Location].ToString());
            keys.Add(
                ParsePem(label, pem) is { } key && SigningAlgorithms.IsUsable(key)
                    ? key
                    : throw new FormatException(
                        $"which has a {label} that can't be used. It must hold public keys or certificates, RSA of 2048 bits or more, or EC."
                    )
            );
        }

        return keys.Count > 0 ? keys : throw new FormatException("which has no PEM in it, such as -----BEGIN PUBLIC KEY-----.");
    }

    private static SecurityKey? ParsePem(string label, string pem)
    {
        try
        {
            return label switch
            {
                "CERTIFICATE" => OfCertificate(pem),
                "RSA PUBLIC KEY" => Rsa(pem),
                "PUBLIC KEY" => (SecurityKey?)Ec(pem) ?? Rsa(pem),
                _ => null,
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Takes the certificate's key alone: the library would name the key by the certificate's hash, which no token does.</summary>
    private static SecurityKey? OfCertificate(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.GetRSAPublicKey() is { } rsa ? new RsaSecurityKey(rsa)
            : certificate.GetECDsaPublicKey() is { } ec ? new ECDsaSecurityKey(ec)
            : null;
    }

    private static RsaSecurityKey Rsa(string pem)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return new RsaSecurityKey(rsa);
    }

    private static ECDsaSecurityKey? Ec(string pem)
    {
        var ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(pem);
            return new ECDsaSecurityKey(ec);
        }
        catch (CryptographicException)
        {
            ec.Dispose();
            return null;
        }
    }

    public static List<SecurityKey> ParseJwks(byte[] content)
    {
        try
        {
            var keys = JsonWebKeySet.Create(Encoding.UTF8.GetString(content)).GetSigningKeys().Where(SigningAlgorithms.IsUsable).ToList();
            return keys.Count > 0
                ? keys
                : throw new FormatException("which has no key that can be used: RSA of 2048 bits or more, or EC, not for encryption.");
        }
        catch (ArgumentException e)
        {
            throw new FormatException("which isn't a JWK set, such as {\"keys\":[…]}.", e);
        }
    }

    public static List<SecurityKey> ParseSecret(byte[] content)
    {
        // Editors and echo end a file with a line break; nobody means it to be part of the secret.
        var secret = content.AsSpan().TrimEnd("\r\n"u8);
        return secret.Length >= MinSecretBytes
            ? [new SymmetricSecurityKey(secret.ToArray())]
            : throw new FormatException($"which has less than {MinSecretBytes} bytes. Make one with: openssl rand -base64 48");
    }
}
