using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Bench;

/// <summary>A process that the runner started, with what the system knows of it. It ends with the runner.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const double TicksPerSecond = 100;
    private const int RememberedLines = 20;

    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;
    private readonly string name;

    static Child() => AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

    private Child(string name, Process process)
    {
        this.name = name;
        this.process = process;
        Running[process.Id] = process;
    }

    /// <summary>The CPU time since it started, in seconds.</summary>
    public double CpuSeconds => CpuSecondsOf(process.Id);

    /// <summary>Its resident memory, in KiB.</summary>
    public double ResidentKib =>
        Number(
            File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ')[^2]
        );

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>The CPU time of a process, with that of its children that have ended, in seconds.</summary>
    public static double CpuSecondsOf(int processId)
    {
        // The second field, the program's name, may have blanks; the rest counts from its parenthesis.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(Number) / TicksPerSecond;
    }

    /// <summary>Ends everything that runs.</summary>
    public static void EndAll()
    {
        foreach (var running in Running.Values)
        {
            running.Kill();
        }
    }

    public static Child Start(string name, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // For the load client alone: it reads where it is woken, without another thread. The gateway and the peers run as they are.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = command[^1] == "client" ? "1" : "0";
        var child = new Child(name, Process.Start(start) ?? throw new BenchException($"{command[0]} doesn't start."));
        child.process.ErrorDataReceived += (_, line) => child.Remember(line.Data);
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Starts a program that takes commands (bench/Load), and waits until it does.</summary>
    public static async Task<Child> StartCommandedAsync(string name, params string[] command)
    {
        var child = Start(name, command);
        await child.ReadAnswerAsync();
        return child;
    }

    /// <summary>Starts a bridge, and waits until its port accepts connections.</summary>
    public static async Task<Child> StartListeningAsync(string name, int port, params string[] command)
    {
        var child = Start(name, command);
        child.process.OutputDataReceived += (_, line) => child.Remember(line.Data);
        child.process.BeginOutputReadLine();
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return child;
            }
            catch (SocketException) when (!child.process.HasExited && watch.Elapsed < TimeSpan.FromSeconds(30))
            {
                // Not yet.
            }
            catch (SocketException)
            {
                var said = string.Join('\n', child.lines);
                await child.DisposeAsync();
                throw new BenchException($"{name} doesn't listen on port {port}. It said:\n{said}");
            }
        }
    }

    /// <summary>Sends a command to a program of bench/Load.</summary>
    public async Task<JsonObject> AskAsync(JsonObject command)
    {
        await process.StandardInput.WriteLineAsync(command.ToJsonString());
        await process.StandardInput.FlushAsync();
        var answer = await ReadAnswerAsync();
        return answer["error"] is { } error ? throw new BenchException($"{name}: {error}") : answer;
    }

    /// <summary>Ends it at once, as a crash does.</summary>
    public async Task StopAsync()
    {
        Running.TryRemove(process.Id, out _);
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }

    private async Task<JsonObject> ReadAnswerAsync() =>
        await process.StandardOutput.ReadLineAsync() is { } line
            ? JsonNode.Parse(line)!.AsObject()
            : throw new BenchException($"{name} has ended. It said:\n{string.Join('\n', lines)}");

    private void Remember(string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }

        while (lines.Count > RememberedLines)
        {
            lines.TryDequeue(out _);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A fault with a sentence for the person who runs the benchmark.</summary>
internal sealed class BenchException(string message) : Exception(message);
