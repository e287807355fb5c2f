using System.Diagnostics;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests.Producers;

/// <summary>A producer in another language: a script beside this file, which writes a line after each round.</summary>
internal sealed class OtherProducer : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> complaints;

    private OtherProducer(Process process)
    {
        this.process = process;
        complaints = process.StandardError.ReadToEndAsync();
    }

    public static OtherProducer Start(string program, string script, params string[] arguments)
    {
        var path = RepositoryRoot.Combine("tests", "LogServer.Tests", "Producers", script);
        var start = new ProcessStartInfo(program, [path, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new OtherProducer(Process.Start(start)!);
    }

    /// <summary>Waits for its next line.</summary>
    public async Task<string> LineAsync() =>
        await process.StandardOutput.ReadLineAsync(Deadline.Token) ?? throw new InvalidOperationException($"It ended: {await complaints}");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }
}
