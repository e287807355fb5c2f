using System.Net;
using OptimizationGateway.Hosting.Requests;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Append;

/// <summary>Limits what each address may ask for: requests a second, and at once. All callers of this machine are one.</summary>
internal sealed class CallerLimits(LimitOptions limits, TimeProvider time)
{
    /// <summary>The addresses that are kept; those that wait for nothing and have a full bucket make room.</summary>
    private const int Kept = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, Share> shares = [];

    /// <summary>Enters a request. Dispose the place when it is answered.</summary>
    /// <exception cref="RefusedException">The address asks for too much.</exception>
    public IDisposable Enter(IPAddress? remote)
    {
        var address = ClientAddress.Of(remote) ?? IPAddress.Loopback;
        lock (gate)
        {
            if (!shares.TryGetValue(address, out var share))
            {
                MakeRoom();
                share = new Share(new TokenBucket(time, limits.AppendsPerSecond, burst: 2 * limits.AppendsPerSecond));
                shares.Add(address, share);
            }

            if (share.UnderWay == limits.AppendsAtOnce)
            {
                throw new RefusedException(Refusal.TooManyAtOnce);
            }

            if (!share.Bucket.TryTake())
            {
                throw new RefusedException(Refusal.TooManyRequests);
            }

            share.UnderWay++;
            return new Place(this, share);
        }
    }

    private void MakeRoom()
    {
        if (shares.Count < Kept)
        {
            return;
        }

        foreach (var (address, share) in shares)
        {
            if (share.UnderWay == 0 && share.Bucket.HasOne)
            {
                shares.Remove(address);
            }
        }
    }

    private void Leave(Share share)
    {
        lock (gate)
        {
            share.UnderWay--;
        }
    }

    private sealed class Share(TokenBucket bucket)
    {
        public TokenBucket Bucket => bucket;

        public int UnderWay { get; set; }
    }

    private sealed class Place(CallerLimits limits, Share share) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                limits.Leave(share);
            }
        }
    }
}
