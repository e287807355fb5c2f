using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime;
using System.Text.Json;
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

    private readonly Process process;

    private MeasuredProgram(Process process) => this.process = process;

    public Uri SocketUrl { get; private init; } = null!;

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
        var started = Process.Start(start)!;
        while (await started.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == Ready)
            {
                return new MeasuredProgram(started) { SocketUrl = new UriBuilder(url) { Scheme = "ws", Path = "/ws/optimization" }.Uri };
            }

            Console.Error.WriteLine(line);
        }

        throw new InvalidOperationException("The gateway doesn't start.");
    }

    /// <summary>Collects, and then tells what is left.</summary>
    public async Task<Footprint> MeasureAsync()
    {
        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{'))
            {
                return JsonSerializer.Deserialize<Footprint>(line)!;
            }

            Console.Error.WriteLine(line);
        }

        throw new InvalidOperationException("The gateway has gone.");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>The other side: the gateway as it is, and answers on standard output.</summary>
    public static async Task<int> ServeAsync(string[] settings)
    {
        var levels = new Dictionary<string, long>(StringComparer.Ordinal);
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
        while (Console.ReadLine() is not null)
        {
            listener.RecordObservableInstruments();
            Console.WriteLine(JsonSerializer.Serialize(Now()));
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
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            using var self = Process.GetCurrentProcess();
            lock (levels)
            {
                return new Footprint(
                    GC.GetTotalMemory(forceFullCollection: false),
                    self.WorkingSet64,
                    levels.GetValueOrDefault("gateway.connections"),
                    levels.GetValueOrDefault("gateway.outbox.bytes")
                );
            }
        }
    }
}
