using System.Net;
using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Clients;

/// <summary>Where one client sits: behind a proxy of its own, which gives each of its connections to one of the gateways.</summary>
internal sealed class Place : IAsyncDisposable
{
    /// <summary>The line of who reads histories, so that one takes some seconds.</summary>
    private const int SlowLine = 600_000;

    /// <summary>The line of who falls behind: a fifth of what all jobs write.</summary>
    private const int SlowestLine = 60_000;

    public Place(string name, PlaceKind kind, Caller caller, Random random, IPEndPoint[] gateways)
    {
        Name = name;
        Kind = kind;
        Caller = caller;
        Way = new FaultProxy(name, random, gateways) { Shuffles = true };
    }

    public string Name { get; }

    public PlaceKind Kind { get; }

    public Caller Caller { get; }

    public FaultProxy Way { get; }

    /// <summary>How its client reads.</summary>
    public Reading Reads { get; init; }

    public Uri Url => new($"ws://127.0.0.1:{Way.Port}/ws/optimization");

    public Uri HttpUrl => new($"http://127.0.0.1:{Way.Port}/");

    public bool IsOn(IPEndPoint gateway) => Way.Open.Any(link => link.Target.Equals(gateway));

    /// <summary>The line of a place that has a slow one becomes slow, or fast again.</summary>
    public void SlowDown(bool isSlow)
    {
        int? line = Kind switch
        {
            PlaceKind.Replayer => SlowLine,
            PlaceKind.Straggler => SlowestLine,
            _ => null,
        };
        Way.Down.SetUsual(Conditions.Fair with { BytesPerSecond = isSlow ? line : null });
    }

    public ValueTask DisposeAsync() => Way.DisposeAsync();
}

/// <summary>What its client does.</summary>
internal enum PlaceKind
{
    /// <summary>Reads all jobs, all the time.</summary>
    Follower,

    /// <summary>Reads one history after the other from its beginning, each as a new logical client.</summary>
    Replayer,

    /// <summary>Reads all jobs, at times so slowly that it falls behind what a gateway keeps of them.</summary>
    Straggler,

    /// <summary>Watches one job after the other that others watch too, for a while and from any cursor, each as a new logical client.</summary>
    Joiner,

    /// <summary>Sleeps so long that the log may have moved on.</summary>
    Sleeper,

    /// <summary>Asks for what isn't there.</summary>
    Prober,
}

/// <summary>How a client reads jobs.</summary>
internal enum Reading
{
    WebSocket,

    /// <summary>Server-sent events.</summary>
    EventStream,

    LongPoll,
}
