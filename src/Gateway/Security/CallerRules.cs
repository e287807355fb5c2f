using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Security;

/// <summary>Finds entries of the lists of hosts and origins that no request can match.</summary>
internal static class CallerRules
{
    private const string Path = "Gateway:Security";

    /// <summary>The origins of pages without an address of their own, which .NET doesn't take for URLs.</summary>
    private static readonly string[] Unaddressed = ["null", "file://"];

    /// <param name="options">The settings.</param>
    /// <param name="faults">Receives a sentence for each fault.</param>
    public static void Check(SecurityOptions options, List<string> faults)
    {
        foreach (var host in CommaList.Split(options.AllowedHosts).Where(host => host != CallerPolicy.All && !IsHost(host)))
        {
            faults.Add(
                $"{Path}:AllowedHosts has '{host}', which no request matches; write host names without a scheme, a port or a path, such as "
                    + "gateway.example.com, or * for all."
            );
        }

        foreach (var origin in CommaList.Split(options.AllowedOrigins).Where(origin => origin != CallerPolicy.All && !IsOrigin(origin)))
        {
            faults.Add(
                $"{Path}:AllowedOrigins has '{origin}', which no page sends; write a scheme, a host and a port unless it is the scheme's "
                    + "own, without a slash at the end, such as https://app.example.com, or * for all."
            );
        }
    }

    private static bool IsHost(string text) =>
        (text is ['[', .., ']'] ? text[1..^1] : text.Replace(':', '/')).IndexOfAny(['/', '*', '@', '?', '#', ' ']) < 0;

    /// <summary>True for an origin of any scheme, also of an app's own such as <c>tauri://localhost</c>.</summary>
    private static bool IsOrigin(string text) =>
        Unaddressed.Contains(text, StringComparer.Ordinal)
        || (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && text.StartsWith($"{url.Scheme}://", StringComparison.OrdinalIgnoreCase)
            && text[(url.Scheme.Length + 3)..] is { Length: > 0 } authority
            && authority.IndexOfAny(['/', '*', '@', '?', '#', '\\', ' ']) < 0
            && !(url.IsDefaultPort && authority.EndsWith($":{url.Port}", StringComparison.Ordinal))
        );
}
