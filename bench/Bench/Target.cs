namespace OptimizationGateway.Bench;

/// <summary>The kinds of measured programs.</summary>
internal enum TargetKind
{
    /// <summary>The gateway.</summary>
    Gateway,

    /// <summary>The log server.</summary>
    LogServer,

    /// <summary>The same by hand.</summary>
    Peer,

    /// <summary>A program that only reads, or only writes.</summary>
    Limit,
}

/// <summary>One program that is measured.</summary>
/// <param name="Name">The name, as in TARGETS.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Command">The command, of its port and the backend's URL.</param>
internal sealed record Target(string Name, TargetKind Kind, Func<int, string, string[]> Command)
{
    private const string SocketPath = "/ws/optimization";

    /// <summary>The language that it speaks to viewers: <c>Plain</c>, <c>SignalR</c> or <c>Events</c>.</summary>
    public string Speech { get; init; } = "Plain";

    /// <summary>True if it has no WebSocket, and is commanded to read streams.</summary>
    public bool IsDrain { get; init; }

    /// <summary>The command that builds it; null if the solution does.</summary>
    public string[]? Build { get; init; }

    public bool Serves(Workload workload) =>
        Kind switch
        {
            TargetKind.Gateway when Speech == "Events" => workload is { Kind: WorkloadKind.Paced, Jobs: not null },
            TargetKind.Limit => workload.Kind == WorkloadKind.Flood
                || (
                    workload.Kind == WorkloadKind.Paced && Name == ReadyEach && !workload.Job.StartsWith("rate-0", StringComparison.Ordinal)
                ),
            _ => true,
        };

    public const string Drain = "drain";
    public const string ReadyEach = "ready-each";
    public const string ReadyGathered = "ready-gathered";

    /// <summary>The configuration that this program, and with it the others, was built in.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains("/bin/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";

    public static string Url(int port) => $"ws://127.0.0.1:{port}{SocketPath}";

    /// <param name="root">The repository.</param>
    /// <param name="gatewayArguments">Further settings of the gateway.</param>
    /// <param name="other">The program of another build of the gateway, to compare with; null for none.</param>
    public static IReadOnlyList<Target> All(string root, string[] gatewayArguments, string? other)
    {
        var load = Program(root, "bench/Load", "Load");
        string[] Gateway(string program, int port, string backend) =>
            ["dotnet", program, .. GatewaySettings(port, backend), .. gatewayArguments];
        var gateway = Program(root, "src/Gateway", "Gateway");
        List<Target> targets =
        [
            new("gateway", TargetKind.Gateway, (port, backend) => Gateway(gateway, port, backend)),
            new("gateway-sse", TargetKind.Gateway, (port, backend) => Gateway(gateway, port, backend)) { Speech = "Events" },
            new(
                "csharp",
                TargetKind.Peer,
                (port, backend) => ["dotnet", Program(root, "bench/peers/csharp", "CSharpPeer"), $"{port}", backend]
            ),
            new(
                "signalr",
                TargetKind.Peer,
                (port, backend) => ["dotnet", Program(root, "bench/peers/signalr", "SignalRPeer"), $"{port}", backend]
            )
            {
                Speech = "SignalR",
            },
            new("go", TargetKind.Peer, (port, backend) => [$"{root}/bench/peers/go/generated/peer", $"{port}", backend])
            {
                Build = ["make", "--silent", "-C", $"{root}/bench/peers/go"],
            },
            new("node", TargetKind.Peer, (port, backend) => ["node", $"{root}/bench/peers/node/peer.mjs", $"{port}", backend])
            {
                Build = ["node", $"{root}/scripts/packages.mjs", "--check"],
            },
            new(Drain, TargetKind.Limit, (_, backend) => ["dotnet", load, "drain", backend]) { IsDrain = true },
            new(ReadyEach, TargetKind.Limit, (port, _) => ["dotnet", load, "ready", $"{port}", "each"]),
            new(ReadyGathered, TargetKind.Limit, (port, _) => ["dotnet", load, "ready", $"{port}", "gathered"]),
        ];
        if (other is not null)
        {
            targets.Insert(1, new Target("other", TargetKind.Gateway, (port, backend) => Gateway(other, port, backend)));
        }

        return targets;
    }

    public static string Program(string root, string folder, string name) =>
        $"{root}/{folder}/bin/{Configuration}/net10.0/OptimizationGateway.{name}.dll";

    /// <summary>Limits that the load would run into, and nothing that makes it faster.</summary>
    private static string[] GatewaySettings(int port, string backend) =>
        [
            $"--Urls=http://127.0.0.1:{port}",
            $"--Gateway:Backends:bench:Address={backend}",
            "--Gateway:Limits:Connections=100000",
            "--Gateway:Limits:NewConnectionsPerSecond=100000",
            "--Gateway:Limits:WaitingConnections=100000",
            "--Gateway:Upstream:OpensPerSecond=100000",
        ];
}
