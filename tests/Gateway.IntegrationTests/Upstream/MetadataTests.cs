using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>What a backend's settings put on every call to it.</summary>
public sealed class MetadataTests
{
    [Fact]
    public async Task Each_backend_gets_its_own_metadata_with_every_call_and_nobody_else_hears_of_it()
    {
        await using var first = await ScriptedBackend.StartAsync();
        await using var second = await ScriptedBackend.StartAsync();
        first.Always(ScriptedBackend.Say(Say.Subscribed()));
        second.Always(ScriptedBackend.Say(Say.Subscribed()));
        await using var gateway = await TestGateway.StartAsync(
            time: null,
            [
                $"Gateway:Backends:first:Address={first.Url}",
                "Gateway:Backends:first:JobIds=a*",
                "Gateway:Backends:first:Metadata:X-Api-Key=s3cret value",
                "Gateway:Backends:first:Metadata:trace-bin=AAEC",
                $"Gateway:Backends:second:Address={second.Url}",
            ]
        );
        await using var client = await gateway.ConnectAsync();
        foreach (var job in new[] { "a1", "a2", "b1" })
        {
            await client.SubscribeAsync(job);
            await client.UntilAsync("subscribed");
        }

        Assert.Equal(2, first.Calls.Count);
        Assert.All(
            first.Calls,
            call =>
            {
                Assert.Equal("s3cret value", call.Headers.GetValue("x-api-key"));
                Assert.Equal([0, 1, 2], call.Headers.GetValueBytes("trace-bin"));
            }
        );
        Assert.Null(Assert.Single(second.Calls).Headers.GetValue("x-api-key"));
        Assert.DoesNotContain(gateway.Log.GetSnapshot(), line => line.Message.Contains("s3cret", StringComparison.Ordinal));
        Assert.DoesNotContain(client.Received, m => m.ToJsonString().Contains("s3cret", StringComparison.Ordinal));
    }
}
