using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Tests.Engines;

namespace OptimizationGateway.JobLogs.Tests;

public abstract class DepthTests : IAsyncDisposable
{
    private protected abstract Engine Engine { get; }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Engine.DisposeAsync();
    }

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

        var written = new JobEvent
        {
            Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
            Custom = new CustomEvent { EventType = "deep", Data = details },
        };
        await using var logs = await Engine.OpenAsync();
        await logs.Store.AppendAsync("deep", written, TestContext.Current.CancellationToken);

        var page = await logs.Store.ReadAsync("deep", afterEventId: 0, TestContext.Current.CancellationToken);

        (written.Id, written.PreviousId) = (1, 0);
        Assert.Equal(written, Assert.Single(page!.Events));
    }
}
