using System.Net;
using OptimizationGateway.Faults.Proxy;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.Faults.Logs.Programs;

/// <summary>A primary and two standbys, each of which follows through a proxy of its own. A commit waits for one of the two.</summary>
internal sealed class PostgresTrio : IAsyncDisposable
{
    private const string Asynchronous = "";

    /// <summary>Room for the events of an hour, and for twice 256 MB of write-ahead log.</summary>
    private const int DiskMib = 2048;

    private const string Synchronous = "ANY 1 (\"node-0\", \"node-1\", \"node-2\")";
    private const string Settings =
        "synchronous_commit = on\nwal_receiver_timeout = 5s\nwal_sender_timeout = 5s\nwal_keep_size = 256MB\nwal_retrieve_retry_interval = 100ms\n";

    private readonly List<PostgresServer> nodes = [];
    private readonly List<FaultProxy> ways = [];
    private readonly bool isSynchronous;

    private PostgresTrio(bool isSynchronous) => this.isSynchronous = isSynchronous;

    public PostgresServer Primary { get; private set; } = null!;

    /// <summary>True if each server has a disk of its own, which can be full.</summary>
    public bool HaveDisks => nodes.TrueForAll(node => node.HasDisk);

    /// <summary>The servers that follow.</summary>
    public IEnumerable<PostgresServer> Standbys => nodes.Where(node => node != Primary && node.IsRunning);

    /// <summary>Names all three; whichever can be written is the one.</summary>
    public string ConnectionString =>
        $"Host={string.Join(',', nodes.Select(node => $"127.0.0.1:{node.Port}"))};Username=owner;Database=postgres;"
        + "Target Session Attributes=primary;Timeout=3;Command Timeout=10;Maximum Pool Size=40";

    /// <summary>Starts the three.</summary>
    /// <param name="isSynchronous">False for the mistake: a commit waits for no standby.</param>
    /// <param name="random">The proxies' chance.</param>
    public static PostgresTrio Start(bool isSynchronous, Random random)
    {
        var trio = new PostgresTrio(isSynchronous);
        trio.Primary = PostgresServer.Start(Settings, DiskMib);
        trio.nodes.Add(trio.Primary);
        for (var number = 0; number < 3; number++)
        {
            trio.ways.Add(new FaultProxy($"node-{number}/primary", random, new IPEndPoint(IPAddress.Loopback, trio.Primary.Port)));
        }

        trio.nodes.AddRange([
            trio.Primary.StartStandby("node-1", trio.ways[1].Port),
            trio.Primary.StartStandby("node-2", trio.ways[2].Port),
        ]);
        trio.Synchronize();
        return trio;
    }

    /// <summary>Cuts the standbys off from the primary. What is under way is lost.</summary>
    public void Cut(IEnumerable<PostgresServer> standbys) => SetBlackHole(standbys, isBlackHole: true);

    /// <summary>Ends <see cref="Cut"/>.</summary>
    public void Mend() => SetBlackHole(nodes, isBlackHole: false);

    /// <summary>The standby that has most of the log, or least.</summary>
    public PostgresServer Pick(bool isBest)
    {
        var standbys = Standbys
            .OrderBy(node => (decimal)node.Scalar("SELECT coalesce(pg_last_wal_receive_lsn(), '0/0') - '0/0';")!)
            .ToList();
        return isBest ? standbys[^1] : standbys[0];
    }

    /// <summary>Makes a standby the primary. The old primary, which has crashed, becomes a standby.</summary>
    /// <param name="standby">The standby.</param>
    /// <param name="isBest">True if the other standby has no more than this one, and so can follow it as it is.</param>
    public void Promote(PostgresServer standby, bool isBest)
    {
        Mend();
        var (old, other) = (Primary, nodes.Single(node => node != Primary && node != standby));
        standby.Promote();
        Primary = standby;
        Synchronize();
        foreach (var way in ways)
        {
            way.AimAt(new IPEndPoint(IPAddress.Loopback, standby.Port));
            way.BreakAll(reset: true);
        }

        foreach (var follower in isBest && other.IsRunning ? [old] : new[] { other, old })
        {
            if (follower.IsRunning)
            {
                follower.Crash();
            }

            follower.CopyFrom(standby, Name(follower), ways[nodes.IndexOf(follower)].Port);
        }
    }

    /// <summary>Ends the waits of commits for a standby: they are visible then, and not safe.</summary>
    /// <returns>How many there were.</returns>
    public long CancelWaits() =>
        (long)Primary.Scalar("SELECT count(*) FILTER (WHERE pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep';")!;

    public void Restart(PostgresServer node)
    {
        node.Crash();
        node.Restart();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            node.Dispose();
        }

        foreach (var way in ways)
        {
            await way.DisposeAsync();
        }
    }

    private string Name(PostgresServer node) => $"node-{nodes.IndexOf(node)}";

    private void Synchronize()
    {
        Primary.Execute($"ALTER SYSTEM SET synchronous_standby_names = '{(isSynchronous ? Synchronous : Asynchronous)}';");
        Primary.Execute("SELECT pg_reload_conf();");
    }

    private void SetBlackHole(IEnumerable<PostgresServer> of, bool isBlackHole)
    {
        foreach (var way in of.Select(node => ways[nodes.IndexOf(node)]))
        {
            if (isBlackHole)
            {
                way.Up.Begin(now => now with { IsBlackHole = true });
                way.Down.Begin(now => now with { IsBlackHole = true });
            }
            else
            {
                way.Up.End();
                way.Down.End();
                way.Bury();
            }
        }
    }
}
