using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Faults.Proxy;

/// <summary>
/// A TCP proxy that fails as told. It is also the name behind which several programs stand: each new connection goes to the first of its
/// targets that takes it, in the order in which they were given or at random.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    // As on a real network: with the loopback's own 64 KiB segments the kernel alone would hold a whole replay.
    private const int SegmentBytes = 1400;
    private const int SocketBufferBytes = 64 * 1024;
    private const int TcpLevel = 6;
    private const int MaxSegmentOption = 2;

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock gate = new();
    private readonly List<Link> links = [];
    private readonly HashSet<Task> running = [];
    private readonly Random random;
    private readonly Task accepting;
    private IPEndPoint[] targets;

    public FaultProxy(string name, Random random, params IPEndPoint[] targets)
    {
        Name = name;
        this.random = random;
        this.targets = targets;
        Up = new Lane(new Random(random.Next()));
        Down = new Lane(new Random(random.Next()));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync();
    }

    public string Name { get; }

    public int Port { get; }

    public Lane Up { get; }

    public Lane Down { get; }

    /// <summary>Reads that a fault held, slowed or swallowed so far.</summary>
    public int Felt => Up.Felt + Down.Felt;

    /// <summary>The connections whose sides still reach each other.</summary>
    public IReadOnlyList<Link> Open
    {
        get
        {
            lock (gate)
            {
                return [.. links.Where(link => !link.IsHalfOpen)];
            }
        }
    }

    /// <summary>All sockets that it holds towards its targets.</summary>
    public int Sockets
    {
        get
        {
            lock (gate)
            {
                return links.Count;
            }
        }
    }

    /// <summary>Whether each connection takes a target at random, as behind a load balancer; otherwise the first that there is.</summary>
    public bool Shuffles { get; init; }

    /// <summary>Sends new connections elsewhere.</summary>
    public void AimAt(params IPEndPoint[] others)
    {
        lock (gate)
        {
            targets = others;
        }
    }

    /// <summary>Breaks every connection.</summary>
    /// <returns>How many there were.</returns>
    public int BreakAll(bool reset)
    {
        var open = Open;
        foreach (var link in open)
        {
            link.Break(reset);
        }

        return open.Count;
    }

    /// <summary>Ends what half-open connections are left.</summary>
    public void Bury()
    {
        Link[] lost;
        lock (gate)
        {
            lost = [.. links.Where(link => link.IsHalfOpen)];
        }

        foreach (var link in lost)
        {
            link.Break(reset: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        Up.End();
        Down.End();
        Bury();
        BreakAll(reset: true);
        Task[] left;
        lock (gate)
        {
            left = [.. running];
        }

        await Task.WhenAll(left);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var near = await listener.AcceptAsync();
                Track(CarryAsync(near));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Track(Task carrying)
    {
        lock (gate)
        {
            running.RemoveWhere(task => task.IsCompleted);
            running.Add(carrying);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        near.NoDelay = true;
        near.SendBufferSize = SocketBufferBytes;
        if (await ConnectAsync() is not { } far)
        {
            near.LingerState = new LingerOption(enable: true, seconds: 0);
            near.Dispose();
            return;
        }

        using var link = new Link(near, far, (IPEndPoint)far.RemoteEndPoint!, Up, Down);
        lock (gate)
        {
            links.Add(link);
        }

        await link.RunAsync();
        lock (gate)
        {
            links.Remove(link);
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        IPEndPoint[] candidates;
        lock (gate)
        {
            candidates = [.. targets];
            if (Shuffles)
            {
                random.Shuffle(candidates);
            }
        }

        foreach (var candidate in candidates)
        {
            var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                far.ReceiveBufferSize = SocketBufferBytes;
                far.SetRawSocketOption(TcpLevel, MaxSegmentOption, BitConverter.GetBytes(SegmentBytes));
                await far.ConnectAsync(candidate);
                return far;
            }
            catch (SocketException)
            {
                far.Dispose();
            }
        }

        return null;
    }
}
