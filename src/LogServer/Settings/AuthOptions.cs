using OptimizationGateway.Hosting.Tokens;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>
/// The callers: the settings under <c>LogServer:Auth</c>. One of Authority, PublicKeyFile, JwksFile and SecretFile names the keys of tokens;
/// without any of them nobody is asked for a token.
/// </summary>
internal sealed record AuthOptions : TokenOptions
{
    public override string Section => "LogServer:Auth";

    /// <summary>True to let the log server listen beyond this machine without asking for tokens. Default: false.</summary>
    public bool AllowAnonymous { get; init; }

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
}
