using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The tokens that are accepted: the settings under <c>Gateway:Security:Jwt</c>. One of <see cref="Authority"/>, <see
/// cref="PublicKeyFile"/>, <see cref="JwksFile"/> and <see cref="SecretFile"/> names the keys; without any of them the gateway asks
/// for no token.
/// </summary>
internal sealed record JwtOptions
{
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

    /// <summary>
    /// True to take a token from the query parameter <c>access_token</c>. URLs end up in the logs of proxies. Default: false.
    /// </summary>
    public bool AllowQueryToken { get; init; }

    /// <summary>
    /// A claim that holds the patterns of job ids that its bearer may watch: a list, or one text with blanks between. A token without
    /// it may watch none. Default: none, then whether a caller may see a job is the backends' to say.
    /// </summary>
    public string JobsClaim { get; init; } = "";

    /// <summary>
    /// A claim without which, or without whose <see cref="RequiredValue"/>, a token's bearer may not use this gateway. Default: none.
    /// </summary>
    public string RequiredClaim { get; init; } = "";

    /// <summary>
    /// The value that <see cref="RequiredClaim"/> must have, alone or among others, such as a scope or a role. Required with it.
    /// </summary>
    public string RequiredValue { get; init; } = "";

    /// <summary>True if the gateway asks callers for a token.</summary>
    public bool IsOn => Authority.Length + PublicKeyFile.Length + JwksFile.Length + SecretFile.Length > 0;
}
