namespace OptimizationGateway.Hosting.Tokens;

/// <summary>The lines about the authority. <c>Section</c> is the path of the settings about tokens.</summary>
internal static partial class AuthorityLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The authority {Authority} ({Section}:Authority) can't be asked for its keys: {Effect}. It is asked again; more of this isn't logged until it answers."
    )]
    public static partial void AuthorityIsAway(ILogger logger, string authority, string section, string effect);

    [LoggerMessage(Level = LogLevel.Information, Message = "The authority {Authority} answers again.")]
    public static partial void AuthorityAnswers(ILogger logger, string authority);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The authority {Authority} ({Section}:Authority) publishes no usable key. Every token is refused until it does."
    )]
    public static partial void AuthorityHasNoKeys(ILogger logger, string authority, string section);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The authority calls itself by another name than {Issuer} ({Section}:Issuer): tokens that bear its own are refused."
    )]
    public static partial void AuthorityHasAnotherIssuer(ILogger logger, string issuer, string section);
}
