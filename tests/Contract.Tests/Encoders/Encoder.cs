using System.Diagnostics;
using Google.Protobuf;
using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Encoders;

/// <summary>A script that encodes the golden events in another language, and decodes what C# made of them.</summary>
/// <param name="Runtime">What runs it.</param>
/// <param name="Script">Its file, beside this one.</param>
/// <param name="Needs">What must be there for it to run.</param>
internal sealed record Encoder(string Runtime, string Script, IReadOnlyList<string> Needs)
{
    // Both take a second or two; a minute leaves room for a busy machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static readonly Encoder Node = new(
        "node",
        "encode.mjs",
        [RepositoryRoot.Combine("node_modules", ".bin", "buf"), RepositoryRoot.Combine("node_modules", "@grpc", "grpc-js", "package.json")]
    );

    public static readonly Encoder Python = new(
        "/usr/bin/python3",
        "encode.py",
        ["/usr/bin/protoc", "/usr/lib/python3/dist-packages/google/protobuf/__init__.py"]
    );

    /// <param name="folder">Where both sides write: C# into <c>csharp</c>, the script into a folder for each of its libraries.</param>
    /// <returns>What it found different; empty where nothing is.</returns>
    public async Task<string> ExchangeAsync(string folder)
    {
        var missing = string.Join(", ", Needs.Where(file => !File.Exists(file)));
        Ci.Require(missing.Length == 0, $"{missing} not found: run `make deps`, as root where it says so.");

        WriteOurs(Directory.CreateDirectory(Path.Combine(folder, "csharp")).FullName);
        var start = new ProcessStartInfo(Runtime, [RepositoryRoot.Combine("tests", "Contract.Tests", "Encoders", Script), folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var said = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(deadline.Token),
                process.StandardError.ReadToEndAsync(deadline.Token)
            );
            await process.WaitForExitAsync(deadline.Token);
            var all = string.Concat(said);
            return process.ExitCode == 0 || all.Length > 0 ? all : $"It ended with {process.ExitCode}.";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static void WriteOurs(string folder)
    {
        foreach (var name in GoldenFiles.EventNames)
        {
            var response = new WatchJobResponse { Event = JobEvent.Parser.ParseFrom(GoldenFiles.EventBytes(name)) };
            File.WriteAllBytes(Path.Combine(folder, name + ".binpb"), response.ToByteArray());
        }
    }
}
