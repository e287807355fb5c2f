using Google.Protobuf.Reflection;
using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Contract.Tests.Protos;

public sealed class DescriptorTests
{
    private static readonly Dictionary<string, FileDescriptor> Files = new(StringComparer.Ordinal)
    {
        ["descriptor.txt"] = OptimizerReflection.Descriptor,
        ["descriptor.jobs.txt"] = JobsReflection.Descriptor,
        ["descriptor.event_log.txt"] = EventLogReflection.Descriptor,
    };

    public static TheoryData<string> Snapshots => new(Files.Keys);

    [Theory, MemberData(nameof(Snapshots))]
    public void What_is_compiled_is_what_was_reviewed(string snapshot)
    {
        var (path, compiled) = (Path.Combine(GoldenFiles.Root, snapshot), DescriptorText.Of(Files[snapshot]));
        if (GoldenUpdate.Requested)
        {
            File.WriteAllText(path, compiled);
        }

        Assert.Equal(File.ReadAllText(path), compiled);
    }
}
