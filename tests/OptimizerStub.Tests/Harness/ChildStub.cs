using System.Diagnostics;
using System.Text.Json;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Tests.Harness;

/// <summary>The optimizer as its users run it: a process of its own, which can be killed.</summary>
internal sealed class ChildStub : IDisposable
{
    private readonly Process process;

    private ChildStub(Process process) => this.process = process;

    public HttpClient Http { get; } = new();

    public GrpcChannel Grpc { get; private set; } = null!;

    public static async Task<ChildStub> StartAsync(string directory)
    {
        var child = new ChildStub(
            Run($"--Stub:DataDirectory={directory}", "--Stub:GrpcUrl=http://127.0.0.1:0", "--Stub:HttpUrl=http://127.0.0.1:0")
        );
        try
        {
            child.Http.BaseAddress = new Uri((await child.AddressAsync("jobs over JSON:")).Replace("/jobs", "", StringComparison.Ordinal));
            child.Grpc = GrpcChannel.ForAddress(await child.AddressAsync("events over gRPC:"));
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunToEndAsync(params string[] args)
    {
        using var program = Run(args);
        var output = program.StandardOutput.ReadToEndAsync(Deadline.Token);
        var error = program.StandardError.ReadToEndAsync(Deadline.Token);
        await program.WaitForExitAsync(Deadline.Token);
        return (program.ExitCode, await output, await error);
    }

    public WatchReader Watch(string jobId, long after) =>
        new(new OptimizerService.OptimizerServiceClient(Grpc).WatchJob(new WatchJobRequest { JobId = jobId, AfterEventId = after }));

    public async Task<JsonElement> JobAsync(string jobId) =>
        JsonElement.Parse(await Http.GetStringAsync(new Uri($"/jobs/{jobId}", UriKind.Relative), Deadline.Token));

    /// <summary>Kill -9: nothing of ours runs after it.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(Deadline.Token);
    }

    /// <summary>SIGTERM, as a supervisor does it; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Deadline.Token);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
        Http.Dispose();
        Grpc?.Dispose();
    }

    private static Process Run(params string[] args)
    {
        var dll = typeof(OptimizerStubHost).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [dll, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    private async Task<string> AddressAsync(string label)
    {
        while (await process.StandardOutput.ReadLineAsync(Deadline.Token) is { } line)
        {
            if (line.Contains(label, StringComparison.Ordinal))
            {
                return line.Split(label)[1].Trim().Split(' ')[0];
            }
        }

        throw new InvalidOperationException($"The program ended: {await process.StandardError.ReadToEndAsync(Deadline.Token)}");
    }
}
