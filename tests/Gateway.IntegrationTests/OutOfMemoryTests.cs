using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// A gateway whose heap is too small for what is done to it may end; it may not send one client the bytes of another. MEMORY_RUNS says how
/// often each attack is tried at each of four limits (<c>make oom</c>); without it each is tried once.
/// </summary>
[Collection(Alone.Name)]
public sealed class OutOfMemoryTests
{
    private const string SlowReaders = "slow readers";
    private const string HalfMessages = "half messages";
    private const int Attackers = 24;
    private static readonly int[] LimitsInMiB = [384, 512, 768, 1024];
    private static readonly string? Runs = Environment.GetEnvironmentVariable("MEMORY_RUNS");

    /// <summary>The jobs that each attacker with half messages asks for.</summary>
    private const int HalfJobs = 4;

    /// <summary>The time in which the last of all half messages has long come. A gateway that lives then waits for the rest, and uses no CPU.</summary>
    private static readonly TimeSpan ForTheLast = TimeSpan.FromSeconds(3);

    /// <summary>The CPU time in which slow readers fill the largest heap, and in the short form the smallest.</summary>
    private static readonly TimeSpan ForSlowReaders = TimeSpan.FromSeconds(Runs is null ? 10 : 60);

    /// <summary>What ends a run on a machine that is too busy for it.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(Runs is null ? 1 : 5);

    private readonly TaskCompletionSource allAreAnnounced = new();
    private int announced;

    public static TheoryData<string, int, int> Cases() =>
        Runs is null
            ? new TheoryData<string, int, int> { { SlowReaders, 128, 1 }, { HalfMessages, 512, 1 } }
            :
            [
                .. from limit in LimitsInMiB
                from attack in new[] { SlowReaders, HalfMessages }
                from run in Enumerable.Range(1, int.Parse(Runs, CultureInfo.InvariantCulture))
                select new TheoryDataRow<string, int, int>(attack, limit, run),
            ];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Short_of_memory_it_may_end_and_nobody_gets_anothers_bytes(string attack, int limitInMiB, int run)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(WriteForEverAsync);
        await using var half = RawBackend.Start();
        half.Always(AnnounceAsync);
        await using var gateway = new GatewayProcess(
            [$"DOTNET_GCHeapHardLimit=0x{limitInMiB * 1024L * 1024:x}"],
            [
                $"--Gateway:Backends:honest:Address={backend.Url}",
                $"--Gateway:Backends:half:Address={half.Url}",
                "--Gateway:Backends:half:JobIds=half-*",
                // So that slow readers stay: by default each would be aborted within 40 s, since it takes nothing and answers no ping. That is
                // short on a busy machine.
                "--Gateway:Limits:StuckReaderTimeout=01:00:00",
                "--Gateway:Limits:PingInterval=01:00:00",
                // With the budget that it would derive, memory doesn't run out.
                "--Gateway:Limits:MemoryBytes=1099511627776",
                // All half messages at once.
                "--Gateway:Upstream:CatchUps=1000",
            ]
        );
        await gateway.Process.StartAsync();
        HonestReader[] readers = [.. Enumerable.Range(0, 4).Select(i => new HonestReader($"mine-{i}-a", $"mine-{i}-b", $"mine-{i}-c"))];

        var hasEnded = await ReadDuringAsync(gateway, readers, attack);

        var wrong = readers.SelectMany(reader => reader.Wrong).ToList();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{attack}, {limitInMiB} MiB, run {run}: {readers.Sum(r => r.Events)} events, {wrong.Count} wrong, {(hasEnded ? "ended" : "alive")}"
        );
        Assert.Empty(wrong);
        if (hasEnded)
        {
            Assert.Equal(OutOfMemory.ExitCode, await gateway.Process.ExitAsync(TestClient.Deadline));
            Assert.Single(
                gateway.Process.Output.Split('\n'),
                line => line.StartsWith("The gateway is out of memory", StringComparison.Ordinal)
            );
            await AssertResumesAsync(gateway, readers);
        }
    }

    /// <summary>A new process brings each reader the events that follow its last one.</summary>
    private static async Task AssertResumesAsync(GatewayProcess gateway, HonestReader[] readers)
    {
        await gateway.Process.KillAsync();
        await gateway.Process.StartAsync();
        HonestReader[] resumed = [.. readers.Select(reader => reader.Resume())];
        using var stop = new CancellationTokenSource(Deadline);
        var reading = Task.WhenAll(resumed.Select(reader => reader.RunAsync(gateway.SocketUrl, stop.Token)));
        await Task.WhenAny(reading, Task.WhenAll(resumed.Select(reader => reader.HasBegun)));
        await stop.CancelAsync();
        await reading;
        Assert.Empty(resumed.SelectMany(reader => reader.Wrong));
        Assert.All(resumed, reader => Assert.True(reader.HasBegun.IsCompleted));
    }

    /// <summary>
    /// Reads while the attack goes on. Slow readers attack for CPU time of the gateway, which is the same on a busy machine; half messages until
    /// all have come.
    /// </summary>
    /// <returns>True if the gateway has ended by then.</returns>
    private async Task<bool> ReadDuringAsync(GatewayProcess gateway, HonestReader[] readers, string attack)
    {
        using var stop = new CancellationTokenSource(Deadline);
        var reading = Task.WhenAll(readers.Select(reader => reader.RunAsync(gateway.SocketUrl, stop.Token)));
        await Task.WhenAny(reading, Task.WhenAll(readers.Select(reader => reader.HasBegun)));
        var attacking = AttackAsync(gateway.SocketUrl, attack, stop.Token);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var haveCome = HaveComeAsync();
        while (gateway.Process.IsAlive && !stop.IsCancellationRequested)
        {
            if (attack == HalfMessages ? haveCome.IsCompleted : gateway.Process.Cpu >= ForSlowReaders)
            {
                break;
            }

            await poll.WaitForNextTickAsync(CancellationToken.None);
        }

        var hasEnded = !gateway.Process.IsAlive;
        if (!hasEnded)
        {
            await stop.CancelAsync();
        }

        await reading;
        await stop.CancelAsync();
        await attacking;
        return hasEnded;

        async Task HaveComeAsync()
        {
            await allAreAnnounced.Task;
            await Task.Delay(ForTheLast);
        }
    }

    /// <summary>Connects sockets that ask for many jobs in one write and read nothing, and keeps them until it is told to stop.</summary>
    private static Task AttackAsync(Uri url, string attack, CancellationToken stop) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Attackers)
                // Half a message takes its whole length; with few of them others still get something, which might be wrong.
                .Select(i =>
                    attack == HalfMessages
                        ? AskAsync(url, $"half-{i}", HalfJobs, stop)
                        : AskAsync(url, $"their-{i}", jobs: Runs is null ? 20 : 100, stop)
                )
        );

    private static async Task AskAsync(Uri url, string name, int jobs, CancellationToken stop)
    {
        using var attacker = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        using var asks = new MemoryStream();
        asks.Write(
            Encoding.ASCII.GetBytes(
                $"GET {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
        );
        for (var job = 0; job < jobs; job++)
        {
            asks.Write(RawFrame.Message($$"""{"type":"subscribe","jobId":"{{name}}-{{job}}","afterEventId":0}"""));
        }

        try
        {
            await attacker.ConnectAsync(url.Host, url.Port, stop);
            await attacker.SendAsync(asks.ToArray(), stop);
            await ScriptedBackend.SilenceAsync(stop);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The gateway has ended before this one came.
        }
    }

    private static async Task WriteForEverAsync(
        WatchJobRequest request,
        IServerStreamWriter<WatchJobResponse> stream,
        CancellationToken cancelled
    )
    {
        await stream.WriteAsync(Say.Subscribed(last: long.MaxValue / 2048), cancelled);
        var isHonest = request.JobId.StartsWith("mine", StringComparison.Ordinal);
        var batch = HonestReader.Batch(request.JobId, events: isHonest ? 1 : 20);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var next = request.AfterEventId + 1; ; next += batch.Replay.Events.Count)
        {
            foreach (var (i, jobEvent) in batch.Replay.Events.Index())
            {
                jobEvent.Id = next + i;
            }

            // To a connection that is gone writes succeed at once; the word that it is gone needs a thread too.
            await stream.WriteAsync(batch, cancelled);
            await Task.Yield();
            cancelled.ThrowIfCancellationRequested();
            if (isHonest)
            {
                await pace.WaitForNextTickAsync(cancelled);
            }
        }
    }

    /// <summary>Announces a message of 16 MB, sends a little of it and never ends it.</summary>
    private async Task AnnounceAsync(RawCall call)
    {
        await call.AnswerAsync();
        await call.SayAsync(Say.Subscribed(last: 1));
        await call.SayBytesAsync(new byte[1000], length: 16_000_000);
        if (Interlocked.Increment(ref announced) == Attackers * HalfJobs)
        {
            allAreAnnounced.SetResult();
        }
    }
}
