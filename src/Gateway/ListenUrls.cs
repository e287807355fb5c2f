using Microsoft.AspNetCore.Http;

namespace OptimizationGateway.Gateway;

/// <summary>Where the gateway listens, by ASP.NET's own settings: <c>Urls</c>, <c>Kestrel:Endpoints</c>, or the ports that container images set.</summary>
internal static class ListenUrls
{
    /// <summary>Those that are set; empty where the default counts.</summary>
    public static IReadOnlyList<string> Of(IConfiguration settings)
    {
        var endpoints = settings
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>()
            .ToList();
        return endpoints.Count > 0 ? endpoints
            : Split(settings["urls"]) is { Count: > 0 } urls ? urls
            :
            [
                .. Split(settings["http_ports"]).Select(port => $"http://*:{port}"),
                .. Split(settings["https_ports"]).Select(port => $"https://*:{port}"),
            ];
    }

    /// <summary>How this machine reaches the gateway; null where the settings don't tell.</summary>
    public static Uri? Own(IConfiguration settings)
    {
        var addresses = Of(settings).DefaultIfEmpty(GatewayHost.DefaultUrl).Select(BindingAddress.Parse).ToList();
        var address = addresses.Find(address => address.Scheme == Uri.UriSchemeHttp) ?? addresses[0];
        if (address.Port == 0 || address.IsUnixPipe)
        {
            return null;
        }

        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port, address.PathBase).Uri;
    }

    private static List<string> Split(string? list) =>
        [.. (list ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
