using System.Net;
using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Limits new connections a second. An address gets no more of a second's places than are left for the others: alone at most half of
/// them, as one of two at most a third. So a crowd from one address leaves places to the others. Not thread-safe.
/// </summary>
internal sealed class NewcomerRate(TimeProvider time, int perSecond)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Dictionary<IPAddress, int> byAddress = [];
    private long began = time.GetTimestamp();
    private int taken;

    /// <param name="address">The address it counts as; null for one that many clients share.</param>
    public bool TryTake(IPAddress? address)
    {
        if (time.GetElapsedTime(began) >= Second)
        {
            began = time.GetTimestamp();
            taken = 0;
            byAddress.Clear();
        }

        var left = perSecond - taken;
        if (left == 0 || (address is not null && byAddress.GetValueOrDefault(address) >= left))
        {
            return false;
        }

        taken++;
        if (address is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(byAddress, address, out _)++;
        }

        return true;
    }
}
