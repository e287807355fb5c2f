using System.Diagnostics;
using System.Net;
using System.Text.Json;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Programs;

/// <summary>A gateway or a stub as a process of its own: started, asked for its gauges, sent signals, killed, and started again as it was.</summary>
internal sealed class ChildProgram(string name, string kind, IPEndPoint address, string logFile, string[] settings) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly StreamWriter log = new(logFile) { AutoFlush = true };
    private Process? process;
    private TaskCompletionSource<string> answer = NewAnswer();
    private TaskCompletionSource<string> ready = NewAnswer();
    private ShareCount before = new(0, 0);
    private ShareCount now = new(0, 0);

    public string Name => name;

    /// <summary>Where it listens: a gateway for browsers, a stub for watches.</summary>
    public IPEndPoint Address => address;

    public bool IsRunning => process is not null;

    /// <summary>What it said of shared streams, over all its lives.</summary>
    public ShareCount Shares
    {
        get
        {
            lock (gate)
            {
                return before + now;
            }
        }
    }

    public static IPEndPoint FreeAddress() => new(IPAddress.Loopback, ProgramProcess.FreePort());

    public async Task StartAsync()
    {
        ready = NewAnswer();
        lock (gate)
        {
            (before, now) = (before + now, new ShareCount(0, 0));
        }

        var start = new ProcessStartInfo("dotnet", [typeof(ChildProgram).Assembly.Location, kind, .. settings])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(typeof(ChildProgram).Assembly.Location)!,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var exited = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, exited, Task.Delay(StartLimit)) != ready.Task)
        {
            throw new InvalidOperationException($"{name} doesn't start; see {logFile}.");
        }
    }

    /// <summary>SIGKILL: no goodbye to anyone.</summary>
    public async Task KillAsync()
    {
        if (process is { } running)
        {
            running.Kill();
            await GoneAsync(running);
        }
    }

    /// <summary>SIGTERM: it says goodbye; killed if that takes too long.</summary>
    public async Task TerminateAsync(TimeSpan limit)
    {
        if (process is not { } running)
        {
            return;
        }

        Signals.TrySend(running.Id, Signal.Terminate);
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await running.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            running.Kill();
        }

        await GoneAsync(running);
    }

    /// <summary>Forgets a process that has ended by itself, or didn't start.</summary>
    public async Task ForgetAsync()
    {
        if (process is { } gone)
        {
            gone.Kill();
            await GoneAsync(gone);
        }
    }

    /// <summary>SIGSTOP: it is there and does nothing.</summary>
    public void Freeze() => Send(Signal.Stop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Send(Signal.Continue);

    public async Task<IReadOnlyDictionary<string, long>> GaugesAsync()
    {
        answer = NewAnswer();
        await process!.StandardInput.WriteLineAsync(HostedProgram.AskGauges);
        await process.StandardInput.FlushAsync();
        var json = await answer.Task.WaitAsync(TimeSpan.FromSeconds(5));
        return JsonSerializer.Deserialize<Dictionary<string, long>>(json)!;
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await KillAsync();
        lock (gate)
        {
            log.Dispose();
        }
    }

    private static TaskCompletionSource<string> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Send(Signal signal)
    {
        if (process is { } running)
        {
            Signals.TrySend(running.Id, signal);
        }
    }

    private async Task GoneAsync(Process gone)
    {
        await gone.WaitForExitAsync();
        gone.Dispose();
        process = null;
    }

    private void Take(string? line)
    {
        if (line == HostedProgram.Ready)
        {
            ready.TrySetResult(line);
        }
        else if (line?.StartsWith(HostedProgram.AskGauges + " ", StringComparison.Ordinal) is true)
        {
            answer.TrySetResult(line[(HostedProgram.AskGauges.Length + 1)..]);
        }
        else if (line?.StartsWith(ShareCounts.Word + " ", StringComparison.Ordinal) is true)
        {
            var said = JsonSerializer.Deserialize<ShareCount>(line[(ShareCounts.Word.Length + 1)..])!;
            lock (gate)
            {
                now = said;
            }
        }
        else if (line is not null)
        {
            lock (gate)
            {
                log.WriteLine(line);
            }
        }
    }
}
