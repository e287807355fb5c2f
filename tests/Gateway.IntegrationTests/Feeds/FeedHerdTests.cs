using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>Many viewers of one job come at once to a gateway that knows nothing of it, as after a roll-out.</summary>
[Collection(Alone.Name)]
public sealed class FeedHerdTests
{
    private const int Viewers = 300;

    [Theory]
    [InlineData(0, 1, 2, 3, 4)]
    [InlineData(90, 95, 98, 99, 100)]
    [InlineData(100, 99, 98, 95, 90)]
    [InlineData(100, 80, 60, 40, 20)]
    public async Task Streams_per_key_are_one_and_a_bounded_number_of_catch_ups(params int[] cursors)
    {
        await using var audience = await Audience.OpenAsync(
            new JobLog { Padding = 100 },
            settings:
            [
                "Gateway:Limits:Connections=1000",
                "Gateway:Limits:NewConnectionsPerSecond=1000",
                "Gateway:Limits:ConnectionsPerAddress=1000",
            ]
        );
        audience.Log.Append(100);
        var clients = await Task.WhenAll(Enumerable.Range(0, Viewers).Select(_ => audience.Gateway.ConnectAsync()));
        await Task.WhenAll(clients.Select((client, i) => client.SubscribeAsync(Audience.Job, cursors[i % cursors.Length])));
        await Task.WhenAll(clients.Select((client, i) => Audience.OpenedAsync(client, cursors[i % cursors.Length])));
        var last = audience.Log.Append(2);
        await Task.WhenAll(clients.Select(client => Audience.UpToAsync(client, last)));
        await audience.StreamsAsync(1);

        Assert.InRange(audience.Backend.Requests.Count, 1, 65);
        for (var i = 0; i < Viewers; i++)
        {
            Assert.Equal(audience.Log.After(cursors[i % cursors.Length]), clients[i].EventIds(Audience.Job));
            await clients[i].DisposeAsync();
        }
    }
}
