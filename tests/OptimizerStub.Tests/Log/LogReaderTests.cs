using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Log;
using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests.Log;

public sealed class LogReaderTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(34)]
    [InlineData(128)]
    public void An_event_that_nests_as_deep_as_the_contract_allows_is_read_as_it_was_written(int levels)
    {
        var details = new Struct { Fields = { ["deepest"] = Value.ForBool(true) } };
        for (var level = 1; level < levels; level++)
        {
            details = new Struct { Fields = { ["x"] = Value.ForStruct(details) } };
        }

        var written = new JobEvent
        {
            Id = 1,
            Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
            Details = details,
        };
        using var database = LogDatabase.Open(directory.Path, TimeProvider.System);
        using (var writer = new LogWriter(database, retain: null))
        {
            writer.Commit([new Append(Job, [written])]);
        }

        using var reader = new LogReader(database);

        Assert.Equal(written, Assert.Single(reader.Read(1, afterEventId: 0).Events));
    }

    private static JobRecord Job =>
        new()
        {
            Number = 1,
            PromptId = "p",
            DatasetId = "d",
            Config = new JobConfig { Seed = 1 },
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
            LastEventId = 1,
        };
}
