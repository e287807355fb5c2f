using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Takes the client's address, host and scheme from the headers of known proxies. From the nearest proxy back, the first address that isn't
/// known is the client's; entries that the client wrote itself don't count.
/// </summary>
internal sealed partial class Forwarding(ProxyOptions options, ILogger<Forwarding> logger)
{
    private readonly IReadOnlyList<IPNetwork> known = KnownProxies.Parse(options.Known);
    private int hasTold;

    /// <summary>
    /// Configures ASP.NET's middleware. It runs after all other configuration, since <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, which some
    /// hosts set, would make the middleware believe everyone. .NET's own default believes loopback addresses.
    /// </summary>
    public void Configure(ForwardedHeadersOptions forwarded)
    {
        forwarded.ForwardedHeaders = known.Count > 0 ? ForwardedHeaders.All : ForwardedHeaders.None;
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in known)
        {
            forwarded.KnownIPNetworks.Add(network);
        }
    }

    /// <summary>Middleware in front of ASP.NET's: leaves of each list what a known proxy wrote.</summary>
    public Task KeepProxiesEntriesAsync(HttpContext context, RequestDelegate next)
    {
        ForwardedEntries.Reduce(context.Request.Headers, HopsOf(context.Request.Headers));
        return next(context);
    }

    /// <summary>
    /// Middleware that goes first: logs once that a header was ignored, since a proxy that isn't configured looks the same.
    /// </summary>
    public Task TellOfStrangersAsync(HttpContext context, RequestDelegate next)
    {
        if (
            context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName)
            && context.Connection.RemoteIpAddress is { } address
            && !IsKnown(address)
            && Interlocked.Exchange(ref hasTold, 1) == 0
        )
        {
            StrangerIgnored(address);
        }

        return next(context);
    }

    /// <summary>
    /// The number of known proxies that the request has passed if the peer is one. Each adds the address before it to X-Forwarded-For,
    /// so the entry before a known address was written by that address.
    /// </summary>
    private int HopsOf(IHeaderDictionary headers)
    {
        var addresses = headers.GetCommaSeparatedValues(ForwardedHeadersDefaults.XForwardedForHeaderName);
        var hops = 1;
        while (hops < addresses.Length && IPEndPoint.TryParse(addresses[^hops], out var hop) && IsKnown(hop.Address))
        {
            hops++;
        }

        return hops;
    }

    /// <summary>Returns true if the address is a known proxy's.</summary>
    public bool IsKnown(IPAddress address)
    {
        var own = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return known.Any(network => network.Contains(own));
    }

    [LoggerMessage(
        LogLevel.Information,
        "X-Forwarded-For from {Address} is ignored, since Gateway:Proxies:Known doesn't name that address. If it is your proxy, name it there. This is said once."
    )]
    private partial void StrangerIgnored(IPAddress address);
}
