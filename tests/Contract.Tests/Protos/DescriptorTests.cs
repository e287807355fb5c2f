using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Contract.Tests.Protos;

public sealed class DescriptorTests
{
    private static readonly string Snapshot = Path.Combine(GoldenFiles.Root, "descriptor.txt");

    [Fact]
    public void What_is_compiled_is_what_was_reviewed()
    {
        var compiled = DescriptorText.Of(OptimizerReflection.Descriptor);
        if (GoldenUpdate.Requested)
        {
            File.WriteAllText(Snapshot, compiled);
        }

        Assert.Equal(File.ReadAllText(Snapshot), compiled);
    }
}
