using System.Diagnostics;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What `dotnet publish src/Gateway` makes, in a folder that knows nothing of the repository.</summary>
public sealed class PublishedGateway : IAsyncLifetime
{
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-published-");

    public string Program => Path.Combine(Folder, "OptimizationGateway.Gateway");

    public string Folder => Path.Combine(folder.FullName, "app");

    /// <summary>An empty folder to start it from.</summary>
    public string Elsewhere => folder.CreateSubdirectory("elsewhere").FullName;

    public async ValueTask InitializeAsync()
    {
        // Without build servers: they would live on, and hold the ends of the pipes.
        string[] alone = ["--no-restore", "-nodeReuse:false", "-p:UseSharedCompilation=false"];
        var start = new ProcessStartInfo("dotnet", ["publish", RepositoryRoot.Combine("src", "Gateway"), "--output", Folder, .. alone])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var publish = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(PublishDeadline);
        var output = publish.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = publish.StandardError.ReadToEndAsync(deadline.Token);
        await publish.WaitForExitAsync(deadline.Token);
        Assert.True(publish.ExitCode == 0, $"dotnet publish ended with {publish.ExitCode}:\n{await output}\n{await error}");
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
