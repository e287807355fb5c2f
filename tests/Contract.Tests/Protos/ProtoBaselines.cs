using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Protos;

/// <summary>The protos as they were released, one image a release.</summary>
internal static class ProtoBaselines
{
    public static IReadOnlyList<string> Files { get; } =
    [.. Directory.EnumerateFiles(RepositoryRoot.Combine("protos", "baselines")).Order(StringComparer.Ordinal)];

    public static string PathOf(string name) => RepositoryRoot.Combine("protos", "baselines", name);
}
