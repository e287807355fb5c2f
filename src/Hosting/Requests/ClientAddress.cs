using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Hosting.Requests;

/// <summary>Maps an address to the one that connections are counted under.</summary>
public static class ClientAddress
{
    private const int Ipv6PrefixBytes = 8;

    /// <returns>
    /// The address; of IPv6 its first 64 bits, since one subscriber usually has all the addresses below them (RFC 6177). Null for
    /// loopback and for what isn't IP: all clients there may be behind one proxy, so they aren't counted.
    /// </returns>
    public static IPAddress? Of(IPAddress? remote)
    {
        if (remote is null || IPAddress.IsLoopback(remote))
        {
            return null;
        }

        if (remote.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return remote;
        }

        if (remote.IsIPv4MappedToIPv6)
        {
            return Of(remote.MapToIPv4());
        }

        var prefix = remote.GetAddressBytes();
        Array.Clear(prefix, Ipv6PrefixBytes, prefix.Length - Ipv6PrefixBytes);
        return new IPAddress(prefix);
    }
}
