namespace OptimizationGateway.OptimizerStub.Tests.Harness;

internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("optimizer-stub-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
