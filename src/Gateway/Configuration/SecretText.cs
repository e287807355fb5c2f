using System.Text.RegularExpressions;

namespace OptimizationGateway.Gateway.Configuration;

/// <summary>Takes out of a text what people put into URLs and nobody else should read: names and passwords before the host, and queries.</summary>
internal static partial class SecretText
{
    public static string Hide(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? Query().Replace(UserInfo().Replace(text, "…@"), "?…") : text;

    // A password may have any character: rather too much is hidden than too little.
    [GeneratedRegex(@"(?<=://)[^\s,;']*@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\?[^\s,;']+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Query();
}
