using System.Net;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Inspection;

/// <summary>Operators close many connections at once.</summary>
public sealed class InspectorManyTests
{
    private static readonly object All = new { comeBack = true, share = 100 };

    [Fact]
    public async Task Those_that_watch_a_job_are_closed_and_the_others_stay()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        var clients = await WatchAsync(bridge, "a-1", "a-1", "a-2", "b-1");

        var (status, answer) = await inspector.CloseManyAsync("?job=a-*&address=127.0.0.0/8", All);

        Assert.Equal((HttpStatusCode.Accepted, 3, 3), (status, (int?)answer["matched"], (int?)answer["closed"]));
        Assert.Equal((1012, "the operator asks to reconnect; come back"), ((int?)answer["closeCode"], (string?)answer["reason"]));
        await Task.WhenAll(clients[..3].Select(client => client.ClosedAsync()));
        Assert.All(clients[..3], client => Assert.Equal(1012, (int?)client.CloseStatus));
        Assert.Equal("pong", (string?)(await clients[3].SettleAsync())[^1]["type"]);
        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
        Assert.Contains(
            bridge.Gateway.Log.GetSnapshot(),
            record =>
                record.Message
                == "Inspector: Gateway:Inspector:Key at 127.0.0.1 closed 3 of 3 connections that ?job=a-*&address=127.0.0.0/8 selects with 1012."
        );
        Assert.Equal(0, (int?)(await inspector.CloseManyAsync("?address=10.0.0.1", All)).Body["matched"]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 1)]
    [InlineData(50, 2)]
    [InlineData(51, 3)]
    [InlineData(100, 4)]
    public async Task A_share_of_all_is_closed(double share, int closed)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await WatchAsync(bridge, "a", "b", "c");

        var (_, answer) = await inspector.CloseManyAsync("", new { comeBack = false, share });

        Assert.Equal((4, closed, 4504), ((int?)answer["matched"], (int?)answer["closed"], (int?)answer["closeCode"]));
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Connections == 4 - closed, "the others are left");
    }

    [Theory]
    [InlineData("", """{"comeBack":true}""", "invalid_body", "share is a number from 0 to 100")]
    [InlineData("", """{"share":50}""", "invalid_body", "share is a number from 0 to 100")]
    [InlineData("", """{"comeBack":true,"share":101}""", "invalid_body", "share is a number from 0 to 100")]
    [InlineData("", """{"comeBack":true,"share":-1}""", "invalid_body", "share is a number from 0 to 100")]
    [InlineData("", """{"comeBack":true,"share":"all"}""", "invalid_body", "share is a number from 0 to 100")]
    [InlineData("?address=here", """{"comeBack":true,"share":100}""", "invalid_query", "address must be an IP address")]
    [InlineData("?adress=127.0.0.1", """{"comeBack":true,"share":100}""", "invalid_query", "adress is no filter. There are job,")]
    [InlineData("?limit=5", """{"comeBack":true,"share":100}""", "invalid_query", "limit is no filter. There are job,")]
    public async Task What_is_wrong_closes_nothing_and_says_what_is_right(string query, string body, string code, string says)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);

        var (status, answer) = await inspector.CloseManyAsync(query, System.Text.Json.Nodes.JsonNode.Parse(body));

        Assert.Equal((HttpStatusCode.BadRequest, code), (status, (string?)answer["code"]));
        Assert.Contains(says, (string?)answer["detail"], StringComparison.Ordinal);
        Assert.Equal(1, bridge.Gateway.Connections);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_closed()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var http = new HttpClient { BaseAddress = bridge.Gateway.InspectorUrl };

        using var answer = await http.PostAsync("inspector/connections/close", content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(1, bridge.Gateway.Connections);
    }

    private static async Task<TestClient[]> WatchAsync(Bridge bridge, params string[] jobs)
    {
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
        var clients = await Task.WhenAll(jobs.Select(_ => bridge.Gateway.ConnectAsync()));
        for (var i = 0; i < jobs.Length; i++)
        {
            await clients[i].SubscribeAsync(jobs[i], 0);
            await clients[i].UntilAsync("subscribed");
        }

        return clients;
    }
}
