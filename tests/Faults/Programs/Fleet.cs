using System.Globalization;
using System.Net;
using OptimizationGateway.Faults.Clients;
using OptimizationGateway.Faults.Proxy;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Faults.Programs;

/// <summary>
/// The system that is put to the test, all of it real processes on loopback: two gateways; behind each, over a proxy for each backend's
/// name, two replicas of one backend, one with a stored log, and one that forgets.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>A job of the forgetful backend: it keeps ten seconds of it.</summary>
    public const string ForgottenJob = "paced-200";

    /// <summary>A history of some seconds on a slow line.</summary>
    public const string LongJob = "load-20000";

    private const int SmallestRing = 64 * 1024;
    private const int UsualRing = 1024 * 1024;

    private readonly TestKey key = TestKey.Ec();
    private readonly List<FaultProxy> proxies = [];
    private readonly RunFolder folder;

    public Fleet(RunFolder folder, Random random, int pacedJobs)
    {
        this.folder = folder;
        PacedJobs = [.. Enumerable.Range(60, pacedJobs).Select(rate => string.Create(CultureInfo.InvariantCulture, $"paced-{rate}"))];
        Replicas = [Stub("clock-1"), Stub("clock-2")];
        Stored = Stub("stored");
        Forgetful = Stub("forgetful", "--Stub:RetainEventsPerJob=2000");
        var keyFile = Path.Combine(folder.Root, "key.pem");
        File.WriteAllText(keyFile, key.PublicPem);
        Gateways = [Gateway("a", random, keyFile, SmallestRing), Gateway("b", random, keyFile, UsualRing)];
        Usual = Caller.Named("usual", key);
        Other = Caller.Named("other", key);
    }

    /// <summary>The caller that most clients speak for, and so share streams with each other.</summary>
    public Caller Usual { get; }

    /// <summary>A caller that the backends can tell from the first.</summary>
    public Caller Other { get; }

    /// <summary>Jobs that never end.</summary>
    public IReadOnlyList<string> PacedJobs { get; }

    /// <summary>Two processes that serve the same log: its events follow from its identity, which they share, and the clock.</summary>
    public IReadOnlyList<StubProgram> Replicas { get; }

    /// <summary>Optimizations that really run, stored in SQLite.</summary>
    public StubProgram Stored { get; }

    /// <summary>Keeps little, and is given a new log now and then.</summary>
    public StubProgram Forgetful { get; }

    public IReadOnlyList<GatewayProgram> Gateways { get; }

    public IEnumerable<StubProgram> Stubs => [.. Replicas, Stored, Forgetful];

    public IEnumerable<ChildProgram> Programs => [.. Gateways.Select(g => g.Process), .. Stubs.Select(s => s.Process)];

    /// <summary>The ways from gateways to backends.</summary>
    public IEnumerable<FaultProxy> Upstream => proxies;

    /// <summary>Connections that a program holds for the next stream, or that are held to it.</summary>
    public int UpstreamSockets(ChildProgram program) =>
        Gateways.FirstOrDefault(gateway => gateway.Process == program) is { } gateway
            ? gateway.Backends.Sum(proxy => proxy.Sockets)
            : proxies.Sum(proxy => proxy.Open.Count(link => link.Target.Port == program.Address.Port));

    public async Task StartAsync()
    {
        // Its first start makes a replica's identity; the second replica gets a copy of it.
        await Replicas[0].Process.StartAsync();
        await Replicas[0].Process.TerminateAsync(TimeSpan.FromSeconds(5));
        Directory.CreateDirectory(Replicas[1].Data);
        foreach (var file in Directory.EnumerateFiles(Replicas[0].Data))
        {
            File.Copy(file, Path.Combine(Replicas[1].Data, Path.GetFileName(file)));
        }

        await Task.WhenAll(Programs.Select(program => program.StartAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Programs)
        {
            await program.DisposeAsync();
        }

        foreach (var proxy in proxies)
        {
            await proxy.DisposeAsync();
        }

        key.Dispose();
    }

    private StubProgram Stub(string name, params string[] settings)
    {
        var grpc = ChildProgram.FreeAddress();
        var http = ChildProgram.FreeAddress();
        Directory.CreateDirectory(folder.Data(name));
        var process = new ChildProgram(
            name,
            ProgramKind.Stub,
            grpc,
            folder.ProgramLog(name),
            [
                $"--Stub:GrpcUrl=http://{grpc}",
                $"--Stub:HttpUrl=http://{http}",
                $"--Stub:DataDirectory={folder.Data(name)}",
                "--Stub:LoadJobs=true",
                "--Stub:MarkLoadEvents=true",
                "--Stub:HeartbeatInterval=00:00:00.5",
                .. settings,
            ]
        );
        return new StubProgram(process, new Uri($"http://{http}"), folder.Data(name));
    }

    private GatewayProgram Gateway(string name, Random random, string keyFile, int ringBytes)
    {
        var clock = Proxy($"{name}/clock", random, [.. Replicas.Select(replica => replica.Process.Address)]);
        var stored = Proxy($"{name}/stored", random, Stored.Process.Address);
        var forgetful = Proxy($"{name}/forgetful", random, Forgetful.Process.Address);
        var address = ChildProgram.FreeAddress();
        var process = new ChildProgram(
            $"gateway-{name}",
            ProgramKind.Gateway,
            address,
            folder.ProgramLog($"gateway-{name}"),
            [
                $"--Urls=http://{address}",
                $"--Gateway:Backends:clock:Address=http://127.0.0.1:{clock.Port}",
                $"--Gateway:Backends:stored:Address=http://127.0.0.1:{stored.Port}",
                "--Gateway:Backends:stored:JobIds=job-*",
                $"--Gateway:Backends:forgetful:Address=http://127.0.0.1:{forgetful.Port}",
                $"--Gateway:Backends:forgetful:JobIds={ForgottenJob}",
                "--Gateway:Backends:clock:ForwardAuthorization=true",
                "--Gateway:Backends:stored:ForwardAuthorization=true",
                "--Gateway:Backends:forgetful:ForwardAuthorization=true",
                $"--Gateway:Security:Jwt:PublicKeyFile={keyFile}",
                .. JwtText.Settings.Select(setting => $"--{setting}"),
                // At one of the two a viewer falls off the ring when it is two seconds behind.
                $"--Gateway:Feeds:RingBytes={ringBytes}",
                // As long as a run of minutes allows, so that silence is met as often as what is said.
                "--Gateway:Upstream:SilenceTimeout=00:00:03",
                "--Gateway:Upstream:OpenTimeout=00:00:04",
                "--Gateway:Upstream:ConnectTimeout=00:00:02",
                "--Gateway:Limits:StuckReaderTimeout=00:00:03",
                "--Gateway:Limits:PingInterval=00:00:02",
                "--Gateway:Limits:LongPollTimeout=00:00:02",
                "--Gateway:Drain:Time=00:00:01",
            ]
        );
        return new GatewayProgram(process, clock, stored, forgetful);
    }

    private FaultProxy Proxy(string name, Random random, params IPEndPoint[] targets)
    {
        var proxy = new FaultProxy(name, random, targets);
        proxies.Add(proxy);
        return proxy;
    }
}
