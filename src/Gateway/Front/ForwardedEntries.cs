using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Reduces each X-Forwarded list except X-Forwarded-For to the entry that a known proxy wrote. ASP.NET's middleware walks all lists to the
/// length of the longest one, so without this step the entries of a client would count where X-Forwarded-For is missing or shorter.
/// </summary>
internal static class ForwardedEntries
{
    /// <param name="headers">The request's headers.</param>
    /// <param name="hops">The number of known proxies that the request has passed.</param>
    public static void Reduce(IHeaderDictionary headers, int hops)
    {
        Reduce(headers, ForwardedHeadersDefaults.XForwardedHostHeaderName, hops, host => host);
        Reduce(headers, ForwardedHeadersDefaults.XForwardedProtoHeaderName, hops, SchemeOf);
        // ASP.NET's middleware decodes a prefix and believes any text; the log shows it.
        Reduce(
            headers,
            ForwardedHeadersDefaults.XForwardedPrefixHeaderName,
            hops,
            prefix => PathBase.IsValid(prefix.TrimEnd('/')) ? prefix : ""
        );
    }

    private static void Reduce(IHeaderDictionary headers, string name, int hops, Func<string, string> read)
    {
        if (!headers.TryGetValue(name, out var values))
        {
            return;
        }

        var text = read(EntryOf(values, hops));
        if (text.Length > 0)
        {
            headers[name] = text;
        }
        else
        {
            headers.Remove(name);
        }
    }

    /// <summary>
    /// The entry of the farthest known proxy. A list with fewer entries than hops doesn't tell who wrote which, but the last entry is
    /// always the nearest proxy's. An empty entry counts as an entry: a proxy that says nothing doesn't make a client's word its own.
    /// </summary>
    private static string EntryOf(StringValues values, int hops)
    {
        var entries = string.Join(',', values.ToArray()).Split(',', StringSplitOptions.TrimEntries);
        return entries.Length >= hops ? entries[^hops] : entries[^1];
    }

    /// <summary>Traefik and others name the scheme of a WebSocket, which is the HTTP one as far as TLS goes.</summary>
    /// <returns>The HTTP scheme; empty if the text names none.</returns>
    private static string SchemeOf(string text) =>
        text.ToUpperInvariant() switch
        {
            "HTTPS" or "WSS" => "https",
            "HTTP" or "WS" => "http",
            _ => "",
        };
}
