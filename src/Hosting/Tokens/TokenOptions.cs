using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>
/// The tokens that a program takes. One of <see cref="Authority"/>, <see cref="PublicKeyFile"/>, <see cref="JwksFile"/> and <see
/// cref="SecretFile"/> names the keys; without any of them it asks for no token.
/// </summary>
public abstract record TokenOptions
{
    /// <summary>The path of these settings, for messages about them.</summary>
    public abstract string Section { get; }

    /// <summary>
    /// The URL of an OpenID Connect provider, which publishes its keys: <c>https://</c>, or <c>http://</c> on a loopback address.
    /// Default: none.
    /// </summary>
    public string Authority { get; init; } = "";

    /// <summary>A PEM file with public keys or certificates, RSA (2048 bits or more) or EC (P-256, P-384, P-521). Default: none.</summary>
    public string PublicKeyFile { get; init; } = "";

    /// <summary>A JSON file with a JWK set (RFC 7517) of such keys. Default: none.</summary>
    public string JwksFile { get; init; } = "";

    /// <summary>
    /// A file with a secret, shared with who makes the tokens: of 32 bytes or more for HS256, 48 for HS384, 64 for HS512. Whoever can
    /// check these tokens can also make them. Default: none.
    /// </summary>
    public string SecretFile { get; init; } = "";

    /// <summary>The value that a token's <c>iss</c> must have, letter by letter. Required.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The value that a token's <c>aud</c> must have, alone or among others, letter by letter. Required.</summary>
    public string Audience { get; init; } = "";

    /// <summary>
    /// The time before its <c>nbf</c> at which a token is taken, for issuers whose clock is ahead. <c>exp</c> is exact. Default: 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The age at which an authority's keys are asked for again. For a token with an unknown key they are at once, at most every 10 s.
    /// Default: 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan KeysRefreshInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>True if callers are asked for a token.</summary>
    public bool IsOn => Authority.Length + PublicKeyFile.Length + JwksFile.Length + SecretFile.Length > 0;
}
