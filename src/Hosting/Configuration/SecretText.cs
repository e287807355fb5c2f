using System.Text.RegularExpressions;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>Removes secrets from URLs in a text: names and passwords before the host, and queries.</summary>
public static partial class SecretText
{
    public static string Hide(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? Query().Replace(UserInfo().Replace(text, "…@"), "?…") : text;

    // A password may have any character: rather too much is hidden than too little.
    [GeneratedRegex(@"(?<=://)[^\s,;']*@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\?[^\s,;']+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Query();
}
