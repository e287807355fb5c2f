using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The tokens that are accepted: the settings under <c>Gateway:Security:Jwt</c>. One of Authority, PublicKeyFile, JwksFile and SecretFile
/// names the keys; without any of them the gateway asks for no token.
/// </summary>
internal sealed record JwtOptions : TokenOptions
{
    public override string Section => "Gateway:Security:Jwt";

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
}
