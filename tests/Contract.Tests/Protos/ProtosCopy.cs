using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Protos;

/// <summary>A copy of the protos and of buf.yaml that a test may spoil.</summary>
internal sealed class ProtosCopy : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("protos-");

    public ProtosCopy()
    {
        File.Copy(RepositoryRoot.Combine("buf.yaml"), Path.Combine(Root, "buf.yaml"));
        foreach (var source in Directory.EnumerateFiles(RepositoryRoot.Combine("protos"), "*.proto", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Root, Path.GetRelativePath(RepositoryRoot.Path, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }
    }

    public string Root => directory.FullName;

    public void Replace(string text, string by)
    {
        var path = Path.Combine(Root, "protos", "optimization", "v1", "optimizer.proto");
        var proto = File.ReadAllText(path);
        Assert.Contains(text, proto, StringComparison.Ordinal);
        File.WriteAllText(path, proto.Replace(text, by, StringComparison.Ordinal));
    }

    public void Dispose() => directory.Delete(recursive: true);
}
