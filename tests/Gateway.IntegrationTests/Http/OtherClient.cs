using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>A client that isn't the project's own, in a process of its own. It writes the id of each event as a line.</summary>
internal sealed class OtherClient : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly ConcurrentQueue<string> complaints = new();

    private OtherClient(Process process) => this.process = process;

    /// <summary>What it wrote.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    /// <summary>The ids of the events that it got.</summary>
    public IReadOnlyList<long> Ids =>
        [.. lines.Where(line => line.All(char.IsAsciiDigit)).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];

    public static OtherClient Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var client = new OtherClient(Process.Start(start)!);
        client.process.OutputDataReceived += (_, line) => Keep(client.lines, line.Data);
        client.process.ErrorDataReceived += (_, line) => Keep(client.complaints, line.Data);
        client.process.BeginOutputReadLine();
        client.process.BeginErrorReadLine();
        return client;
    }

    /// <summary>Starts a script that lies beside this file.</summary>
    public static OtherClient StartScript(string program, string name, params string[] arguments) =>
        Start(program, [RepositoryRoot.Combine("tests", "Gateway.IntegrationTests", "Http", name), .. arguments]);

    /// <summary>Waits until it has got an event.</summary>
    public Task UntilAsync(long id) =>
        TestGateway.EventuallyAsync(() => Ids.Contains(id), $"it got event {id}; it said: {string.Join('\n', complaints)}");

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task EndedAsync()
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, string.Join('\n', complaints));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> kept, string? line)
    {
        if (line is not null)
        {
            kept.Enqueue(line);
        }
    }
}
