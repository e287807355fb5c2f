using System.Net;
using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Clients;

/// <summary>Where one client sits: behind a proxy of its own, which gives each of its connections to one of the gateways.</summary>
internal sealed class Place : IAsyncDisposable
{
    /// <summary>The line of who reads histories, so that one takes some seconds.</summary>
    private const int SlowLine = 600_000;

    public Place(string name, PlaceKind kind, Random random, IPEndPoint[] gateways)
    {
        Name = name;
        Kind = kind;
        Way = new FaultProxy(name, random, gateways) { Shuffles = true };
    }

    public string Name { get; }

    public PlaceKind Kind { get; }

    public FaultProxy Way { get; }

    public Uri Url => new($"ws://127.0.0.1:{Way.Port}/ws/optimization");

    public bool IsOn(IPEndPoint gateway) => Way.Open.Any(link => link.Target.Equals(gateway));

    public void SlowDown(bool isSlow) => Way.Down.SetUsual(Conditions.Fair with { BytesPerSecond = isSlow ? SlowLine : null });

    public ValueTask DisposeAsync() => Way.DisposeAsync();
}

/// <summary>What its client does.</summary>
internal enum PlaceKind
{
    /// <summary>Reads all jobs, all the time.</summary>
    Follower,

    /// <summary>Reads one history after the other from its beginning, each as a new logical client.</summary>
    Replayer,

    /// <summary>Sleeps so long that the log may have moved on.</summary>
    Sleeper,

    /// <summary>Asks for what isn't there.</summary>
    Prober,
}
