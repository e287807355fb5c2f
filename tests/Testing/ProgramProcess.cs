using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Testing;

/// <summary>One of the programs as a process of its own, which can be killed without a word and started again as it was.</summary>
/// <param name="assembly">The program.</param>
/// <param name="settings">Its arguments.</param>
/// <param name="ready">Where it listens once it is ready; with a path, where it then answers 200.</param>
/// <param name="prelude">What a shell does before it becomes the program: signals and limits that are inherited.</param>
/// <param name="runtime">What runs it: another one for a program in another language.</param>
public sealed class ProgramProcess(string assembly, string[] settings, Uri ready, string prelude = ":", string runtime = "dotnet")
    : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> output = new();
    private Process? process;

    /// <summary>Sets one of its resource limits while it runs.</summary>
    /// <param name="resource">As prlimit calls it.</param>
    /// <param name="value">The soft limit.</param>
    public async Task LimitAsync(string resource, string value)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{Running.Id}", $"--{resource}={value}:"]);
        await prlimit.WaitForExitAsync();
        if (prlimit.ExitCode != 0)
        {
            throw new InvalidOperationException($"prlimit ended with {prlimit.ExitCode}.");
        }
    }

    public int Id => Running.Id;

    /// <summary>How many descriptors it has open.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{Running.Id}/fd").Length;

    /// <summary>How much memory it has in use, in bytes.</summary>
    public long Memory
    {
        get
        {
            Running.Refresh();
            return Running.WorkingSet64;
        }
    }

    /// <summary>How much CPU time it has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            Running.Refresh();
            return Running.TotalProcessorTime;
        }
    }

    public bool IsAlive => !Running.HasExited;

    /// <summary>False if it has been killed or has ended by itself.</summary>
    public bool IsRunning => process is { HasExited: false };

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("sh", ["-c", $"{prelude}; exec {runtime} \"$@\"", "sh", assembly, .. settings])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(assembly)!,
        };
        var started = Process.Start(start)!;
        process = started;
        started.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        started.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        await Until.TrueAsync(
            async () => started.HasExited ? throw new InvalidOperationException($"It ended:\n{Output}") : await AnswersAsync(),
            $"{assembly} listens at {ready}",
            () => Task.FromResult(Output)
        );
    }

    /// <summary>SIGKILL: no goodbye to anyone.</summary>
    public async Task KillAsync()
    {
        if (process is null)
        {
            return;
        }

        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Sends a signal; it may have none of the orderly ends in mind.</summary>
    public void Send(Signal signal) => Signals.Send(Running.Id, signal);

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline);
        await Running.WaitForExitAsync(timeout.Token);
        return Running.ExitCode;
    }

    /// <summary>What it has printed.</summary>
    public string Output => string.Join('\n', output);

    public async ValueTask DisposeAsync() => await KillAsync();

    private Process Running => process ?? throw new InvalidOperationException("It isn't running.");

    /// <summary>
    /// A port that is free now; the programs are started again at the same one, so they can't be left to choose. It is none of those that
    /// the system gives to connections (from 32768 on Linux, 49152 elsewhere): one of them would have it by the time the program starts.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
    }

    private async Task<bool> IsOkAsync()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(ready);
        return answer.IsSuccessStatusCode;
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(ready.Host, ready.Port);
            return ready.AbsolutePath == "/" || await IsOkAsync();
        }
        catch (Exception e) when (e is SocketException or HttpRequestException)
        {
            return false;
        }
    }
}
