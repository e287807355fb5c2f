using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace OptimizationGateway.Gateway.Proxies;

/// <summary>
/// Whose word counts about who the client is: the known proxies'. From the nearest one back, the first address that isn't known is the
/// client's, whatever it has written into the headers itself.
/// </summary>
internal sealed partial class Forwarding(IOptions<GatewayOptions> options, ILogger<Forwarding> logger)
{
    private readonly IReadOnlyList<IPNetwork> known = KnownProxies.Parse(options.Value.Proxies.Known);
    private int hasTold;

    /// <summary>
    /// Sets ASP.NET's middleware up. After everything else, since <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, which some hosts set, would
    /// make it believe everyone; and .NET's own default believes loopback.
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

    /// <summary>
    /// Middleware in front of ASP.NET's, which decodes a prefix and believes whatever comes of it; the log shows that. A proxy that doesn't
    /// clear the header hands on what a client wrote.
    /// </summary>
    public static Task DropOddPrefixAsync(HttpContext context, RequestDelegate next)
    {
        var prefixes = context.Request.Headers.GetCommaSeparatedValues(ForwardedHeadersDefaults.XForwardedPrefixHeaderName);
        if (!prefixes.All(prefix => PathBase.IsValid(prefix.TrimEnd('/'))))
        {
            context.Request.Headers.Remove(ForwardedHeadersDefaults.XForwardedPrefixHeaderName);
        }

        return next(context);
    }

    /// <summary>Middleware that goes first: says once that a word was ignored, since a proxy that was forgotten looks just like that.</summary>
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

    /// <summary>Whether it is a known proxy's.</summary>
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
