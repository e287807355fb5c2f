using System.Security.Cryptography;

namespace OptimizationGateway.Contract.Tests.Protos;

public sealed class BaselineTests
{
    // A release adds a line and changes none: what was released stays what it was.
    private static readonly Dictionary<string, string> Released = new(StringComparer.Ordinal)
    {
        ["0.1.0.binpb"] = "e059569079967aa2612423d8f63ae80658c1208063b2f897c87cda593762c29f",
    };

    [Fact]
    public void Baselines_never_change()
    {
        var found = ProtoBaselines.Files.ToDictionary(
            path => Path.GetFileName(path),
            path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))),
            StringComparer.Ordinal
        );
        Assert.Equal(Released, found);
    }
}
