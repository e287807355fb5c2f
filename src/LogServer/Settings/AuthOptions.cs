using System.ComponentModel.DataAnnotations;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>
/// The callers: the settings under <c>LogServer:Auth</c>. One of <see cref="Authority"/>, <see cref="PublicKeyFile"/>, <see
/// cref="JwksFile"/> and <see cref="SecretFile"/> names the keys of tokens; without any of them nobody is asked for a token.
/// </summary>
internal sealed record AuthOptions
{
    /// <summary>True to let the log server listen beyond this machine without asking for tokens. Default: false.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>The URL of an OpenID Connect provider, which publishes its keys. Default: none.</summary>
    public string Authority { get; init; } = "";

    /// <summary>A PEM file with public keys or certificates, RSA (2048 bits or more) or EC. Default: none.</summary>
    public string PublicKeyFile { get; init; } = "";

    /// <summary>A JSON file with a JWK set (RFC 7517) of such keys. Default: none.</summary>
    public string JwksFile { get; init; } = "";

    /// <summary>A file with a secret of 32 bytes or more, shared with who makes the tokens. Default: none.</summary>
    public string SecretFile { get; init; } = "";

    /// <summary>The value that a token's <c>iss</c> must have, letter by letter. Required.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The value that a token's <c>aud</c> must have, alone or among others, letter by letter. Required.</summary>
    public string Audience { get; init; } = "";

    /// <summary>The time before its <c>nbf</c> at which a token is taken. <c>exp</c> is exact. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The age at which an authority's keys are asked for again. Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan KeysRefreshInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The claim that holds the patterns of job ids to which a token's bearer may append: a list, or one text with blanks between. A token
    /// without it may append to none. Default: <c>append</c>.
    /// </summary>
    public string AppendClaim { get; init; } = "append";

    /// <summary>
    /// The claim that holds the patterns of job ids that a token's bearer may watch and list. A token without it may watch none.
    /// Default: <c>watch</c>.
    /// </summary>
    public string WatchClaim { get; init; } = "watch";

    /// <summary>True if callers are asked for a token.</summary>
    public bool IsOn => ToJwt().IsOn;

    /// <summary>The same, as the check of tokens takes it.</summary>
    public JwtOptions ToJwt() =>
        new()
        {
            Authority = Authority,
            PublicKeyFile = PublicKeyFile,
            JwksFile = JwksFile,
            SecretFile = SecretFile,
            Issuer = Issuer,
            Audience = Audience,
            ClockSkew = ClockSkew,
            KeysRefreshInterval = KeysRefreshInterval,
        };
}
