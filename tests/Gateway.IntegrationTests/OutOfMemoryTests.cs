using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// A gateway whose heap is too small for what is done to it may end; it may not send one client the bytes of another. MEMORY_RUNS says how
/// often each attack is tried at each of four limits; without it, two are tried once.
/// </summary>
[Collection(Alone.Name)]
public sealed class OutOfMemoryTests
{
    private const string SlowReaders = "slow readers";
    private const string HalfMessages = "half messages";
    private const int Attackers = 24;
    private const int JobsEach = 100;

    /// <summary>How long an attack goes on, in CPU time of the gateway: the same on a busy machine.</summary>
    private static readonly TimeSpan Attack = TimeSpan.FromSeconds(8);
    private static readonly int[] LimitsInMiB = [384, 512, 768, 1024];

    public static TheoryData<string, int, int> Cases()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("MEMORY_RUNS"), CultureInfo.InvariantCulture, out var runs))
        {
            return new TheoryData<string, int, int> { { SlowReaders, 384, 1 }, { HalfMessages, 512, 1 } };
        }

        var all = new TheoryData<string, int, int>();
        foreach (var limit in LimitsInMiB)
        {
            all.AddRange(Enumerable.Range(1, runs).Select(run => (SlowReaders, limit, run)).ToArray());
            all.AddRange(Enumerable.Range(1, runs).Select(run => (HalfMessages, limit, run)).ToArray());
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Short_of_memory_it_may_end_and_nobody_gets_anothers_bytes(string attack, int limitInMiB, int run)
    {
        var t0 = System.Diagnostics.Stopwatch.GetTimestamp();
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(WriteForEverAsync);
        await using var half = RawBackend.Start();
        half.Always(AnnounceAsync);
        await using var gateway = new GatewayProcess(
            [$"DOTNET_GCHeapHardLimit=0x{(long)limitInMiB * 1024 * 1024:x}"],
            [
                $"--Gateway:Backends:honest:Address={backend.Url}",
                $"--Gateway:Backends:half:Address={half.Url}",
                "--Gateway:Backends:half:JobIds=half-*",
            ]
        );
        await gateway.Process.StartAsync();
        var readers = Enumerable.Range(0, 4).Select(i => new HonestReader($"mine-{i}-a", $"mine-{i}-b", $"mine-{i}-c")).ToArray();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var reading = readers.Select(reader => reader.RunAsync(gateway.SocketUrl, stop.Token)).ToArray();

        await Task.WhenAll(readers.Select(reader => reader.HasBegun));
        var jobs = attack == HalfMessages ? "half" : "their";
        var attackers = await Task.WhenAll(
            Enumerable.Range(0, Attackers).Select(i => AttackAsync(gateway.SocketUrl, $"{jobs}-{i}", stop.Token))
        );
        var tb = System.Diagnostics.Stopwatch.GetElapsedTime(t0);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (gateway.Process.IsAlive && gateway.Process.Cpu < Attack && !stop.IsCancellationRequested)
        {
            await poll.WaitForNextTickAsync(CancellationToken.None);
        }

        var ended = !gateway.Process.IsAlive;
        if (!ended)
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(reading);
        Array.ForEach(attackers, attacker => attacker.Dispose());

        File.AppendAllText(
            "/tmp/mem_figures.txt",
            $"{DateTime.Now:HH:mm:ss} took {System.Diagnostics.Stopwatch.GetElapsedTime(t0)} begin {tb} cpu {(gateway.Process.IsAlive ? gateway.Process.Cpu : default)} rss {(gateway.Process.IsAlive ? gateway.Process.Memory : 0)} {attack} {limitInMiB} run {run}: {readers.Sum(r => r.Events)} events, {readers.Sum(r => r.Wrong.Count)} wrong, {(gateway.Process.IsAlive ? "alive" : "ended")} {string.Join(" | ", readers.SelectMany(r => r.Wrong).Take(2))}\n{(gateway.Process.IsAlive ? "" : gateway.Process.Output[..Math.Min(500, gateway.Process.Output.Length)])}\n"
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{attack}, {limitInMiB} MiB, run {run}: {readers.Sum(r => r.Events)} events, {readers.Sum(r => r.Wrong.Count)} wrong, "
                + (gateway.Process.IsAlive ? "alive" : "ended")
        );
        Assert.Empty(readers.SelectMany(reader => reader.Wrong));
        if (ended)
        {
            Assert.Equal(OutOfMemory.ExitCode, await gateway.Process.ExitAsync(TimeSpan.FromSeconds(10)));
            Assert.Single(gateway.Process.Output.Split('\n'), line => line.StartsWith("The gateway is out of memory", StringComparison.Ordinal));
        }
    }

    /// <summary>Connects, asks for many jobs in one write, and reads nothing. A gateway that has ended already is as good.</summary>
    private static async Task<Socket> AttackAsync(Uri url, string jobs, CancellationToken stop)
    {
        var attacker = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        var asks = new MemoryStream();
        asks.Write(
            Encoding.ASCII.GetBytes(
                $"GET {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
        );
        for (var job = 0; job < JobsEach; job++)
        {
            asks.Write(RawFrame.Message($$"""{"type":"subscribe","jobId":"{{jobs}}-{{job}}","afterEventId":0}"""));
        }

        try
        {
            await attacker.ConnectAsync(url.Host, url.Port, stop);
            await attacker.SendAsync(asks.ToArray(), stop);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The attack was over before this one came.
        }

        return attacker;
    }

    private static async Task WriteForEverAsync(
        WatchJobRequest request,
        IServerStreamWriter<WatchJobResponse> stream,
        CancellationToken cancelled
    )
    {
        await stream.WriteAsync(Say.Subscribed(last: long.MaxValue / 2048), cancelled);
        var batch = HonestReader.Batch(request.JobId, request.JobId.StartsWith("mine", StringComparison.Ordinal) ? 1 : 20);
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
        }
    }

    /// <summary>Announces a message of 16 MB, sends a little of it and never ends it.</summary>
    private static async Task AnnounceAsync(RawCall call)
    {
        await call.AnswerAsync();
        await call.SayAsync(Say.Subscribed(last: 1));
        await call.SayBytesAsync(new byte[1000], length: 16_000_000);
    }
}
