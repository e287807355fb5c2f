using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>Limits the messages of one client. The receive loop owns it, so it needs no lock and no timer.</summary>
internal sealed class MessageRate(TimeProvider time, int perSecond, int burst)
{
    private readonly TokenBucket bucket = new(time, perSecond, burst);
    private int refused;

    /// <summary>True if the client was refused so often without a pause that it must be disconnected.</summary>
    public bool IsExceeded => refused >= burst;

    public bool TryTake()
    {
        var isTaken = bucket.TryTake();
        if (bucket.IsFull)
        {
            // Only a client that has been quiet for a while is forgiven: one that floods gets a token now and then, too.
            refused = 0;
        }

        refused += isTaken ? 0 : 1;
        return isTaken;
    }
}
