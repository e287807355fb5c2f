using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Npgsql;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Faults.Rolling;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.Faults.Logs.Rolling;

/// <summary>
/// Two log servers on one PostgreSQL, behind one name: HAProxy has an address for producers and one for the gateways. Both are restarted, one
/// after the other, and one is killed, while producers append and viewers watch through two gateways. It judges nothing.
/// </summary>
internal sealed class LogFleetRun : IAsyncDisposable
{
    private const int Jobs = 50;
    private const int ConnectsAtOnce = 50;

    private static readonly TimeSpan AppendPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly PostgresServer postgres = PostgresServer.Start();
    private readonly HttpClient http = new();
    private readonly CancellationTokenSource noMore = new();
    private readonly CancellationTokenSource end = new();
    private readonly List<string> faults = [];
    private readonly ChildProgram[] logServers;
    private readonly ChildProgram[] gateways;
    private readonly ProgramProcess haproxy;
    private readonly LogFleetProducer[] producers;
    private readonly FleetClient[] viewers;
    private Task[] watching = [];

    private LogFleetRun(int viewers, RunFolder folder)
    {
        IPEndPoint[] appends = [ChildProgram.FreeAddress(), ChildProgram.FreeAddress()];
        logServers = [.. appends.Select((address, number) => LogServer($"log-server-{number + 1}", address, folder))];
        var (appendsName, watchesName) = (ChildProgram.FreeAddress(), ChildProgram.FreeAddress());
        var file = Path.Combine(folder.Root, "haproxy.cfg");
        File.WriteAllText(file, Haproxy(appendsName, appends, watchesName));
        haproxy = new ProgramProcess(file, [], new Uri($"http://{appendsName}"), "PATH=$PATH:/usr/sbin", "haproxy -W -db -f");
        gateways = [Gateway("gateway-1", watchesName, folder), Gateway("gateway-2", watchesName, folder)];
        producers =
        [
            .. Enumerable
                .Range(0, Jobs)
                .Select(job => new LogFleetProducer(http, new Uri($"http://{appendsName}"), $"job-{job}", AppendPause)),
        ];
        this.viewers =
        [
            .. Enumerable
                .Range(0, viewers)
                .Select(number => new FleetClient(
                    $"job-{number % Jobs}",
                    static () => new ClientWebSocket(),
                    new Uri($"ws://{gateways[number % gateways.Length].Address}/ws/optimization"),
                    new Random(number)
                )),
        ];
    }

    public static async Task<LogFleetFacts> RunAsync(int viewers, RunFolder folder)
    {
        await using var run = new LogFleetRun(viewers, folder);
        return await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await noMore.CancelAsync();
        await end.CancelAsync();
        await Task.WhenAll(watching);
        foreach (var program in gateways.Concat(logServers))
        {
            await program.DisposeAsync();
        }

        await haproxy.DisposeAsync();
        postgres.Dispose();
        http.Dispose();
        noMore.Dispose();
        end.Dispose();
    }

    private async Task<LogFleetFacts> RunAsync()
    {
        // The first one makes the schema.
        await logServers[0].StartAsync();
        await logServers[1].StartAsync();
        await haproxy.StartAsync();
        await Task.WhenAll(gateways.Select(gateway => gateway.StartAsync()));
        var appending = Task.WhenAll(producers.Select(producer => producer.RunAsync(noMore.Token)));
        await UntilAsync(() => producers.All(producer => producer.Appended > 0));
        await ConnectAsync();
        foreach (var server in logServers.Concat(logServers))
        {
            await FaultAsync($"restart of {server.Name}", () => server.TerminateAsync(ExitLimit), server);
        }

        await FaultAsync($"kill -9 of {logServers[0].Name}", logServers[0].KillAsync, logServers[0]);
        await noMore.CancelAsync();
        await appending;
        var heads = producers.ToDictionary(producer => producer.Job, HeadOf, StringComparer.Ordinal);
        await UntilAsync(() => viewers.All(viewer => viewer.Cursor >= heads[viewer.Job]));
        return new LogFleetFacts
        {
            Viewers = viewers.Length,
            Jobs = Jobs,
            Appended = producers.Sum(producer => producer.Appended),
            Kept = heads.Values.Sum(),
            SentAgain = producers.Sum(producer => producer.SentAgain),
            Seen = viewers.Sum(viewer => viewer.Events),
            Lost = viewers.Sum(viewer => viewer.Lost + Math.Max(0, heads[viewer.Job] - viewer.Cursor)),
            Repeated = viewers.Sum(viewer => viewer.Repeated),
            Ended = viewers.Sum(viewer => viewer.Ended + viewer.Reconnects),
            Faults = faults,
        };
    }

    private async Task ConnectAsync()
    {
        var connected = new List<Task>();
        foreach (var batch in viewers.Chunk(ConnectsAtOnce))
        {
            connected.AddRange(batch.Select(viewer => viewer.RunAsync(end.Token)));
            await UntilAsync(() => batch.All(viewer => viewer.IsOpen));
        }

        watching = [.. connected];
        await UntilAsync(() => viewers.All(viewer => viewer.Events > 0));
        Say("all watch");
    }

    /// <summary>Ends a log server, starts it again, and waits until every viewer has an event that was appended after that.</summary>
    private async Task FaultAsync(string name, Func<Task> endServer, ChildProgram server)
    {
        await endServer();
        await server.StartAsync();
        var seen = viewers.Select(viewer => viewer.Events).ToArray();
        await UntilAsync(() => viewers.Index().All(viewer => viewer.Item.Events > seen[viewer.Index]));
        faults.Add(name);
        Say(name);
    }

    private long HeadOf(LogFleetProducer producer)
    {
        using var connection = new NpgsqlConnection(postgres.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT last_id FROM optimization.jobs WHERE job_id = $1;", connection);
        command.Parameters.AddWithValue(producer.Job);
        return (long)command.ExecuteScalar()!;
    }

    private void Say(string what) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"log-fleet: {DateTime.Now:HH:mm:ss} {what}: {producers.Sum(producer => producer.Appended)} events appended, {viewers.Sum(viewer => viewer.Events)} seen, {viewers.Count(viewer => !viewer.IsOpen)} viewers away"
            )
        );

    /// <summary>Waits for a condition; the verdict tells if it never came true.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var began = DateTime.UtcNow; !condition() && DateTime.UtcNow - began < Limit; )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private ChildProgram LogServer(string name, IPEndPoint appends, RunFolder folder)
    {
        var watches = ChildProgram.FreeAddress();
        return new ChildProgram(
            name,
            ProgramKind.LogServer,
            watches,
            folder.ProgramLog(name),
            [
                $"--LogServer:GrpcUrl=http://{watches}",
                $"--LogServer:HttpUrl=http://{appends}",
                $"--LogServer:Postgres:ConnectionString={postgres.ConnectionString};Maximum Pool Size=40",
            ]
        );
    }

    private static ChildProgram Gateway(string name, IPEndPoint logs, RunFolder folder)
    {
        var address = ChildProgram.FreeAddress();
        return new ChildProgram(
            name,
            ProgramKind.Gateway,
            address,
            folder.ProgramLog(name),
            [$"--Urls=http://{address}", $"--Gateway:Backends:logs:Address=http://{logs}", "--Gateway:Limits:NewConnectionsPerSecond=1000"]
        );
    }

    private string Haproxy(IPEndPoint appendsName, IPEndPoint[] appends, IPEndPoint watchesName) =>
        $"""
            defaults
                mode tcp
                timeout connect 2s
                timeout client 1h
                timeout server 1h
                option redispatch
                retries 3
                default-server check inter 200ms fall 1 rise 1
            listen appends
                bind {appendsName}
                server log-server-1 {appends[0]}
                server log-server-2 {appends[1]}
            listen watches
                bind {watchesName}
                server log-server-1 {logServers[0].Address}
                server log-server-2 {logServers[1].Address}

            """;
}
