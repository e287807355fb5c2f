using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>Checks the settings about tokens. Each message names the setting by its full path, and no secret.</summary>
internal static class AuthRules
{
    private const string Path = JwtSection.Path;
    private const string Sources = "Authority, PublicKeyFile, JwksFile and SecretFile";

    public static void Check(AuthOptions auth, List<string> faults)
    {
        string[] sources = [auth.Authority, auth.PublicKeyFile, auth.JwksFile, auth.SecretFile];
        var given = sources.Count(source => source.Length > 0);
        if (given == 0)
        {
            if (auth with { AllowAnonymous = false } != new AuthOptions())
            {
                faults.Add($"{Path} says nothing of keys; give one of {Sources}, or leave {Path} out.");
            }

            return;
        }

        if (given > 1)
        {
            faults.Add($"{Path} has several sources of keys; give one of {Sources}.");
        }

        if (auth.AllowAnonymous)
        {
            faults.Add($"{Path}:AllowAnonymous is true, and {Path} asks for tokens; leave one of them out.");
        }

        Require(auth.Issuer, nameof(auth.Issuer), "what a token's iss must be", faults);
        Require(auth.Audience, nameof(auth.Audience), "what a token's aud must be", faults);
        Require(auth.AppendClaim, nameof(auth.AppendClaim), "the name of a claim", faults);
        Require(auth.WatchClaim, nameof(auth.WatchClaim), "the name of a claim", faults);
        if (auth.Authority.Length == 0)
        {
            KeyFile.Read(Path, auth.ToJwt(), faults);
        }
        else if (!IsAuthority(auth.Authority))
        {
            faults.Add(
                $"{Path}:Authority is '{auth.Authority}'; it must be an https:// URL (http:// on a loopback address alone), without a query."
            );
        }
    }

    private static void Require(string value, string setting, string meaning, List<string> faults)
    {
        if (value.Length == 0)
        {
            faults.Add($"{Path}:{setting} is empty; it must be {meaning}.");
        }
    }

    /// <summary>True for an URL with TLS, or on this machine: a program that answers in the authority's place could let anyone in.</summary>
    private static bool IsAuthority(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url is { UserInfo: "", Query: "", Fragment: "" };
}
