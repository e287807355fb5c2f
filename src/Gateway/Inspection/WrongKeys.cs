using System.Net;
using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Limits the rate of wrong keys for each address, or the first 64 bits of an IPv6 address: a few at once are a mistake, more are guesses and have
/// to wait. An address that guesses locks no other address out.
/// </summary>
internal sealed class WrongKeys(TimeProvider time, ILogger<WrongKeys> logger)
{
    private const int PerSecond = 1;
    private const int AtOnce = 10;

    /// <summary>The number of addresses that are remembered; a new one replaces the oldest.</summary>
    private const int MostAddresses = 1_000;

    private readonly Lock gate = new();
    private readonly OrderedDictionary<IPAddress, TokenBucket> byAddress = [];

    /// <summary>True if a key from this address is checked.</summary>
    public bool MayTry(IPAddress? from)
    {
        lock (gate)
        {
            return !byAddress.TryGetValue(KeyOf(from), out var bucket) || bucket.HasOne;
        }
    }

    /// <summary>Counts a wrong key.</summary>
    public void Refused(IPAddress? from)
    {
        bool isNews;
        lock (gate)
        {
            var address = KeyOf(from);
            if (!byAddress.TryGetValue(address, out var bucket))
            {
                if (byAddress.Count >= MostAddresses)
                {
                    byAddress.RemoveAt(0);
                }

                bucket = byAddress[address] = new TokenBucket(time, PerSecond, AtOnce);
            }

            bucket.TryTake();
            isNews = bucket.IsFull;
        }

        if (isNews)
        {
            InspectorLog.Refused(logger, from);
        }
    }

    private static IPAddress KeyOf(IPAddress? from) => ClientAddress.Of(from) ?? IPAddress.Loopback;
}
