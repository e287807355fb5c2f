using OptimizationGateway.Release;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Releases;

/// <summary>What this commit would publish, packed once of what has been built, for all tests.</summary>
public sealed class PackedRelease : IAsyncLifetime
{
    internal Artifacts Artifacts { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var dist = RepositoryRoot.Combine("clients", "typescript", "dist");
        Ci.Require(Directory.Exists(dist), "clients/typescript isn't built: run `npm run build --workspace clients/typescript`.");
        Artifacts = await Artifacts.MakeAsync(new Sources(RepositoryRoot.Path), Configuration, built: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>That of this assembly, which the others were built with.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
