using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Tests;

public sealed class LogReaderTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("job-logs-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(34)]
    [InlineData(128)]
    public async Task An_event_that_nests_as_deep_as_the_contract_allows_is_read_as_it_was_written(int levels)
    {
        var details = new Struct { Fields = { ["deepest"] = Value.ForBool(true) } };
        for (var level = 1; level < levels; level++)
        {
            details = new Struct { Fields = { ["x"] = Value.ForStruct(details) } };
        }

        var written = new JobEvent { Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch), Details = details };
        await using var logs = await TestLogs.OpenAsync(directory.FullName);
        await logs.Store.AppendAsync("deep", written, TestContext.Current.CancellationToken);

        var page = await logs.Store.ReadAsync("deep", afterEventId: 0, TestContext.Current.CancellationToken);

        Assert.Equal(written, Assert.Single(page!.Events));
    }
}
