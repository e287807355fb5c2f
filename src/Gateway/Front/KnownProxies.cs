using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Reads the list in <c>Gateway:Proxies:Known</c>.</summary>
internal static class KnownProxies
{
    /// <summary>The networks of a list that <see cref="Check"/> finds no fault in. An address is a network of one.</summary>
    public static IReadOnlyList<IPNetwork> Parse(string list) => [.. CommaList.Split(list).Select(entry => Network(entry)!.Value)];

    /// <summary>Adds a sentence for each entry that is neither an address nor a network.</summary>
    public static void Check(string path, string list, List<string> faults)
    {
        foreach (var entry in CommaList.Split(list))
        {
            if (Network(entry) is not { } network)
            {
                faults.Add($"{path} has '{entry}'; it must be an address, such as 127.0.0.1, or a network, such as 10.0.3.0/24.");
            }
            else if (network.PrefixLength == 0)
            {
                faults.Add(
                    $"{path} has '{entry}', which is everyone: then any client could say that it is another. Name the proxies alone."
                );
            }
        }
    }

    private static IPNetwork? Network(string entry) =>
        entry.Contains('/', StringComparison.Ordinal)
            ? IPNetwork.TryParse(entry, out var network)
                ? network
                : null
            : !IPAddress.TryParse(entry, out var address)
                ? null
                : address.IsIPv4MappedToIPv6
                    ? new IPNetwork(address.MapToIPv4(), 32)
                    : address.AddressFamily == AddressFamily.InterNetworkV6
                        ? new IPNetwork(address, 128)
                        // The parser also takes 10 for 0.0.0.10.
                        : address.ToString() == entry
                            ? new IPNetwork(address, 32)
                            : null;
}
