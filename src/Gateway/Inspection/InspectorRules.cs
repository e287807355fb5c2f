using System.Net;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Checks the rules about the inspector's settings that no attribute can state.</summary>
internal static class InspectorRules
{
    private const string Path = "Gateway:Inspector";

    /// <param name="options">The settings.</param>
    /// <param name="gatewayUrls">The URLs that the gateway itself listens on; empty for the default.</param>
    /// <param name="faults">Receives a sentence for each fault.</param>
    public static void Check(InspectorOptions options, IReadOnlyList<string> gatewayUrls, List<string> faults)
    {
        if (!options.IsOn)
        {
            if (options.Key.Length > 0 || options.KeyFile.Length > 0)
            {
                faults.Add(
                    $"{Path} has a key but no {Path}:Url, so there is no inspector. Say where it listens, such as http://127.0.0.1:9091."
                );
            }

            return;
        }

        if (!IsListenUrl(options.Url))
        {
            faults.Add(
                $"{Path}:Url is '{options.Url}'; it must be http:// or https://, an IP address or localhost, and a port, such as "
                    + "http://127.0.0.1:9091."
            );
        }
        else if (gatewayUrls.DefaultIfEmpty(GatewayUrl.Default).FirstOrDefault(url => ListenUrls.Collide(url, options.Url)) is { } taken)
        {
            faults.Add(
                $"{Path}:Url is '{options.Url}', but at that port the gateway itself listens ({taken}). Give the inspector a port of its own."
            );
        }

        if (options.Key.Length == 0 && options.KeyFile.Length == 0)
        {
            faults.Add(
                $"{Path}:Url is set, but no key. Set {Path}:Key to {InspectorKey.Shortest} characters or more that nobody can guess "
                    + $"(openssl rand -hex 32 makes some), or {Path}:KeyFile to a file with a key on each line."
            );
        }

        if (options.Key.Length > 0 && !InspectorKey.IsStrong(options.Key))
        {
            faults.Add($"{Path}:Key {InspectorKey.Rule}");
        }

        if (options.KeyFile.Length > 0)
        {
            InspectorKeyFile.Read(options.KeyFile, faults);
        }
    }

    private static bool IsListenUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" }
        && (url.IsLoopback || IPAddress.TryParse(url.IdnHost, out _));
}
