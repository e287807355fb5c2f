using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Logs.Programs;

/// <summary>The system that is put to the test, all of it real processes on loopback: PostgreSQL, three log servers on it, two gateways.</summary>
internal sealed class LogFleet : IAsyncDisposable
{
    private const int Servers = 3;
    private readonly RunFolder folder;
    private readonly List<Uri> http = [];

    public LogFleet(RunFolder folder, PostgresTrio postgres, int standbysThatMustFlush)
    {
        this.folder = folder;
        Postgres = postgres;
        LogServers = [.. Enumerable.Range(0, Servers).Select(number => LogServer(number, standbysThatMustFlush))];
        Gateways = [Gateway("a"), Gateway("b")];
    }

    public PostgresTrio Postgres { get; }

    public IReadOnlyList<ChildProgram> LogServers { get; }

    public IReadOnlyList<ChildProgram> Gateways { get; }

    /// <summary>The URLs at which producers append.</summary>
    public IReadOnlyList<Uri> Http => http;

    private IEnumerable<ChildProgram> Programs => [.. LogServers, .. Gateways];

    public async Task StartAsync()
    {
        // The first one makes the schema.
        await LogServers[0].StartAsync();
        await Task.WhenAll(Programs.Skip(1).Select(program => program.StartAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Programs)
        {
            await program.DisposeAsync();
        }

        await Postgres.DisposeAsync();
    }

    private ChildProgram LogServer(int number, int standbysThatMustFlush)
    {
        var (grpc, address) = (ChildProgram.FreeAddress(), ChildProgram.FreeAddress());
        http.Add(new Uri($"http://{address}"));
        var name = $"log-server-{number}";
        return new ChildProgram(
            name,
            ProgramKind.LogServer,
            grpc,
            folder.ProgramLog(name),
            [
                $"--LogServer:GrpcUrl=http://{grpc}",
                $"--LogServer:HttpUrl=http://{address}",
                $"--LogServer:Postgres:ConnectionString={Postgres.ConnectionString}",
                $"--LogServer:Postgres:StandbysThatMustFlush={standbysThatMustFlush}",
                "--LogServer:Watch:HeartbeatInterval=00:00:01",
                "--LogServer:Limits:AppendsPerSecond=100000",
                "--LogServer:Drain:ShutdownTimeout=00:00:02",
            ]
        );
    }

    private ChildProgram Gateway(string name)
    {
        var address = ChildProgram.FreeAddress();
        return new ChildProgram(
            $"gateway-{name}",
            ProgramKind.Gateway,
            address,
            folder.ProgramLog($"gateway-{name}"),
            [
                $"--Urls=http://{address}",
                $"--Gateway:Backends:logs:Addresses={string.Join(',', LogServers.Select(server => $"http://{server.Address}"))}",
                "--Gateway:Upstream:SilenceTimeout=00:00:05",
                "--Gateway:Upstream:OpenTimeout=00:00:05",
                "--Gateway:Limits:NewConnectionsPerSecond=1000",
            ]
        );
    }
}
