using Grpc.Core;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One stream's place at a replica. The stream reports its fate here, so that the next ones go to a better replica.</summary>
internal sealed class StreamLease(Replica replica, ChannelPool channels, PooledChannel channel, Action failed, Action returned)
    : IDisposable
{
    private bool isAnswered;
    private Action? returned = returned;

    public CallInvoker Invoker => channel.Invoker;

    /// <summary>The most bytes of headers that the replica takes, as far as it has said.</summary>
    public long? HeaderLimit => channels.HeaderLimit;

    /// <summary>The replica's host and port.</summary>
    public string Place => replica.Place;

    /// <summary>Records that a message has come.</summary>
    public void Answered()
    {
        if (!isAnswered)
        {
            isAnswered = true;
            channel.Handshake?.Answered();
            replica.Answered();
        }
    }

    /// <summary>Records that the transport broke, or that the replica can't serve now.</summary>
    public void Failed(Exception? transport)
    {
        channel.Handshake?.Broke(transport);
        replica.Failed();
        failed();
    }

    /// <summary>Records that nothing was heard in time.</summary>
    public void Distrust()
    {
        channels.Distrust(channel);
        replica.Failed();
        failed();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref returned, null) is { } once)
        {
            channels.Return(channel);
            replica.Returned(this);
            once();
        }
    }
}
