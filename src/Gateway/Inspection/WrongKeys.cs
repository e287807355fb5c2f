using System.Net;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Who knocked with a key that doesn't open: a few times at once is a mistake, more is guessing, and waits. Kept by address, so that one who
/// guesses locks nobody else out.
/// </summary>
internal sealed class WrongKeys(TimeProvider time, ILogger<WrongKeys> logger)
{
    private const int PerSecond = 1;
    private const int AtOnce = 10;

    /// <summary>How many addresses are remembered; the one that was refused first is forgotten for the next.</summary>
    private const int MostAddresses = 1_000;

    private readonly Lock gate = new();
    private readonly OrderedDictionary<IPAddress, TokenBucket> byAddress = [];

    /// <summary>Whether a key from there is looked at.</summary>
    public bool MayTry(IPAddress? from)
    {
        lock (gate)
        {
            return !byAddress.TryGetValue(from ?? IPAddress.None, out var bucket) || bucket.HasOne;
        }
    }

    /// <summary>It was a wrong one.</summary>
    public void Refused(IPAddress? from)
    {
        bool isNews;
        lock (gate)
        {
            var address = from ?? IPAddress.None;
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
}
