using System.Net;
using Microsoft.AspNetCore.Http;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>
/// A program's addresses, from ASP.NET's own settings: <c>Urls</c>, <c>Kestrel:Endpoints</c>, or the ports that container images set.
/// </summary>
public static class ListenUrls
{
    /// <summary>The configured addresses; empty if no setting names one.</summary>
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

    /// <param name="settings">The settings.</param>
    /// <param name="defaultUrl">The address that counts if no setting names one.</param>
    /// <returns>The URL by which this machine reaches the program; null if the settings don't tell.</returns>
    public static Uri? Own(IConfiguration settings, string defaultUrl)
    {
        var addresses = Of(settings).DefaultIfEmpty(defaultUrl).Select(BindingAddress.Parse).ToList();
        var address = addresses.Find(address => address.Scheme == Uri.UriSchemeHttp) ?? addresses[0];
        if (address.Port == 0 || address.IsUnixPipe)
        {
            return null;
        }

        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port, address.PathBase).Uri;
    }

    /// <summary>Returns true if a server on one address keeps another from listening on the other.</summary>
    public static bool Collide(string one, string other)
    {
        if (Parse(one) is not { } first || Parse(other) is not { } second || first.Port == 0 || first.Port != second.Port)
        {
            return false;
        }

        var (hosts, others) = (AddressesOf(first.Host), AddressesOf(second.Host));
        return hosts is null || others is null || hosts.Intersect(others).Any();
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false } address ? address : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <returns>The address; null if it listens on all. To Kestrel a host that is neither an address nor <c>localhost</c> means all.</returns>
    private static IPAddress[]? AddressesOf(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? [address]
        : null;

    private static List<string> Split(string? list) =>
        [.. (list ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
