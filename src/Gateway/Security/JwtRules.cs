namespace OptimizationGateway.Gateway.Security;

/// <summary>Checks the settings about tokens. Each message names the setting by its full path, and no secret.</summary>
internal static class JwtRules
{
    private const string Path = JwtSection.Path;

    public static void Check(SecurityOptions security, List<string> faults)
    {
        var jwt = security.Jwt;
        string[] sources = [jwt.Authority, jwt.PublicKeyFile, jwt.JwksFile, jwt.SecretFile];
        var given = sources.Count(source => source.Length > 0);
        if (given == 0)
        {
            CheckNothingIsSet(jwt, faults);
            return;
        }

        if (given > 1)
        {
            faults.Add($"{Path} has several sources of keys; give one of Authority, PublicKeyFile, JwksFile and SecretFile.");
        }

        if (security.AllowAnonymous)
        {
            faults.Add($"Gateway:Security:AllowAnonymous is true, and {Path} asks for tokens; leave one of them out.");
        }

        Require(jwt.Issuer, nameof(jwt.Issuer), "what a token's iss must be", faults);
        Require(
            jwt.Audience,
            nameof(jwt.Audience),
            "what a token's aud must be, or whoever has a token for another service could come in",
            faults
        );
        if (jwt.RequiredClaim.Length > 0 != jwt.RequiredValue.Length > 0)
        {
            faults.Add($"{Path}:RequiredClaim and {Path}:RequiredValue go together.");
        }

        if (jwt.Authority.Length > 0)
        {
            CheckAuthority(jwt.Authority, faults);
        }
        else
        {
            KeyFile.Read(Path, jwt, faults);
        }
    }

    private static void CheckNothingIsSet(JwtOptions jwt, List<string> faults)
    {
        if (jwt != new JwtOptions())
        {
            faults.Add($"{Path} says nothing of keys; give one of Authority, PublicKeyFile, JwksFile and SecretFile, or leave {Path} out.");
        }
    }

    private static void Require(string value, string setting, string meaning, List<string> faults)
    {
        if (value.Length == 0)
        {
            faults.Add($"{Path}:{setting} is empty; it must be {meaning}.");
        }
    }

    /// <summary>Requires TLS beyond loopback: a program that answers in the authority's place could let anyone in.</summary>
    private static void CheckAuthority(string authority, List<string> faults)
    {
        var isUsable =
            Uri.TryCreate(authority, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            && url is { UserInfo: "", Query: "", Fragment: "" };
        if (!isUsable)
        {
            faults.Add(
                $"{Path}:Authority is '{authority}'; it must be an https:// URL (http:// on a loopback address alone), without a query."
            );
        }
    }
}
