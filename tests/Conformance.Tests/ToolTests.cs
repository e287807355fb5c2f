using System.Diagnostics;
using OptimizationGateway.BreakableBackend;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>The kit as people get it who don't have the repository: packed, installed from the package, and run.</summary>
public sealed class ToolTests
{
    [Fact]
    public async Task The_packed_tool_is_installed_and_runs()
    {
        var folder = Directory.CreateTempSubdirectory("conformance-tool-");
        try
        {
            var project = RepositoryRoot.Combine("src", "Conformance");
            var (packages, tools) = (Path.Combine(folder.FullName, "packages"), Path.Combine(folder.FullName, "tools"));
            await RunAsync("dotnet", "pack", project, "--no-build", "--configuration", Configuration(), "--output", packages);
            await RunAsync("dotnet", "tool", "install", "--tool-path", tools, "--source", packages, "OptimizationGateway.Conformance");

            await using var backend = await BreakableHost.StartAsync(Fault.None, TimeSpan.FromSeconds(1));
            var said = await RunAsync(
                Path.Combine(tools, "watchjob-conformance"),
                $"--backend={backend.Url}",
                "--finished-job=finished",
                "--rule=cursor"
            );

            Assert.Contains("1 passed, 0 failed, 0 not applicable", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As these tests were built, and with them the kit.</summary>
    private static string Configuration() => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static async Task<string> RunAsync(string program, params string[] args)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, args)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var said = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, string.Concat(said));
        return said[0];
    }
}
