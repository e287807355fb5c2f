namespace OptimizationGateway.Hosting.Tokens;

/// <summary>Checks the settings about tokens. Each message names the setting by its full path, and no secret.</summary>
public static class TokenRules
{
    private const string Sources = "Authority, PublicKeyFile, JwksFile and SecretFile";

    /// <param name="options">The settings. Those that say nothing of tokens must have their defaults.</param>
    /// <param name="anonymousSetting">The path of the setting that lets callers in without a token; null if it is off.</param>
    /// <param name="faults">Receives a sentence for each fault.</param>
    public static void Check<T>(T options, string? anonymousSetting, ICollection<string> faults)
        where T : TokenOptions, new()
    {
        var path = options.Section;
        string[] sources = [options.Authority, options.PublicKeyFile, options.JwksFile, options.SecretFile];
        var given = sources.Count(source => source.Length > 0);
        if (given == 0)
        {
            if (options != new T())
            {
                faults.Add($"{path} says nothing of keys; give one of {Sources}, or leave {path} out.");
            }

            return;
        }

        if (given > 1)
        {
            faults.Add($"{path} has several sources of keys; give one of {Sources}.");
        }

        if (anonymousSetting is not null)
        {
            faults.Add($"{anonymousSetting} is true, and {path} asks for tokens; leave one of them out.");
        }

        Require($"{path}:{nameof(options.Issuer)}", options.Issuer, "what a token's iss must be", faults);
        Require(
            $"{path}:{nameof(options.Audience)}",
            options.Audience,
            "what a token's aud must be, or whoever has a token for another service could come in",
            faults
        );
        if (options.Authority.Length > 0)
        {
            CheckAuthority(path, options.Authority, faults);
        }
        else
        {
            KeyFile.Read(options, faults);
        }
    }

    /// <summary>Requires a setting to have a value.</summary>
    public static void Require(string setting, string value, string meaning, ICollection<string> faults)
    {
        if (value.Length == 0)
        {
            faults.Add($"{setting} is empty; it must be {meaning}.");
        }
    }

    /// <summary>Requires TLS beyond loopback: a program that answers in the authority's place could let anyone in.</summary>
    private static void CheckAuthority(string path, string authority, ICollection<string> faults)
    {
        var isUsable =
            Uri.TryCreate(authority, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            && url is { UserInfo: "", Query: "", Fragment: "" };
        if (!isUsable)
        {
            faults.Add(
                $"{path}:Authority is '{authority}'; it must be an https:// URL (http:// on a loopback address alone), without a query."
            );
        }
    }
}
