using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using OptimizationGateway.Gateway;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>The gateway in a process of its own, which tells on demand what it occupies.</summary>
internal sealed class MeasuredProgram : IAsyncDisposable
{
    /// <summary>The first argument of the process that is measured.</summary>
    public const string Verb = "gateway";

    /// <summary>The line that it writes once it listens.</summary>
    public const string Ready = "ready";

    private const string Collect = "collect";
    private const string Answer = "footprint: ";

    private readonly Process process;
    private readonly Channel<Footprint> answers = Channel.CreateUnbounded<Footprint>();
    private readonly TaskCompletionSource ready = new();
    private long logged;

    private MeasuredProgram(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
    }

    public Uri SocketUrl { get; private init; } = null!;

    /// <summary>How many characters its log has.</summary>
    public long Logged => Volatile.Read(ref logged);

    /// <param name="settings">As <c>--Gateway:…=value</c>.</param>
    public static async Task<MeasuredProgram> StartAsync(params string[] settings)
    {
        var url = new UriBuilder("http", "127.0.0.1", ProgramProcess.FreePort()).Uri;
        var start = new ProcessStartInfo("dotnet", [typeof(MeasuredProgram).Assembly.Location, Verb, $"--urls={url}", .. settings])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var program = new MeasuredProgram(Process.Start(start)!)
        {
            SocketUrl = new UriBuilder(url) { Scheme = "ws", Path = "/ws/optimization" }.Uri,
        };
        await program.ready.Task;
        return program;
    }

    /// <summary>Tells what it occupies.</summary>
    /// <param name="collects">Whether it collects before, so that what is left is what is in use.</param>
    public async Task<Footprint> MeasureAsync(bool collects = true)
    {
        await process.StandardInput.WriteLineAsync(collects ? Collect : "");
        await process.StandardInput.FlushAsync();
        return await answers.Reader.ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Take(string? line)
    {
        switch (line)
        {
            case null:
                ready.TrySetException(new InvalidOperationException("The gateway doesn't start."));
                answers.Writer.Complete(new InvalidOperationException("The gateway has gone."));
                break;
            case Ready:
                ready.TrySetResult();
                break;
            case var answer when answer.StartsWith(Answer, StringComparison.Ordinal):
                answers.Writer.TryWrite(JsonSerializer.Deserialize<Footprint>(answer.AsSpan(Answer.Length))!);
                break;
            default:
                Interlocked.Add(ref logged, line.Length + 1);
                break;
        }
    }

    /// <summary>The other side: the gateway as it is, and answers on standard output.</summary>
    public static async Task<int> ServeAsync(string[] settings)
    {
        var levels = new Dictionary<string, long>(StringComparer.Ordinal);
        var (exceptions, thrown) = (0L, new ConditionalWeakTable<Exception, object>());
        // Each asynchronous method on an exception's way throws it once more: it counts once.
        AppDomain.CurrentDomain.FirstChanceException += (_, first) =>
            Interlocked.Add(ref exceptions, thrown.TryAdd(first.Exception, levels) ? 1 : 0);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "OptimizationGateway")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Take(instrument, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Take(instrument, value));
        listener.Start();
        await using var app = GatewayHost.Build(settings);
        await app.StartAsync();
        Console.WriteLine(Ready);
        while (Console.ReadLine() is { } command)
        {
            listener.RecordObservableInstruments();
            if (command == Collect)
            {
                CollectAll();
            }

            Console.WriteLine($"{Answer}{JsonSerializer.Serialize(Now())}");
        }

        return 0;

        void Take(Instrument instrument, long value)
        {
            lock (levels)
            {
                levels[instrument.Name] = instrument.IsObservable ? value : levels.GetValueOrDefault(instrument.Name) + value;
            }
        }

        Footprint Now()
        {
            using var self = Process.GetCurrentProcess();
            lock (levels)
            {
                return new Footprint(
                    GC.GetTotalMemory(forceFullCollection: false),
                    self.WorkingSet64,
                    levels.GetValueOrDefault("gateway.connections"),
                    levels.GetValueOrDefault("gateway.outbox.bytes"),
                    levels.GetValueOrDefault("gateway.feeds.bytes"),
                    Interlocked.Read(ref exceptions),
                    Directory.GetFileSystemEntries("/proc/self/fd").Length,
                    self.Threads.Count
                );
            }
        }
    }

    private static void CollectAll()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
