using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>PROTOCOL.md section 11: a client that has an event id and an epoch from a WebSocket writes the token of its place itself.</summary>
public sealed class WrittenOffsetTests
{
    [Theory]
    [InlineData("7c1d")]
    [InlineData("e")]
    [InlineData("é1 →?>~\u0001")]
    [InlineData("b2c9f3a4-2f6e-4c0e-9a53-0f6a1d2e3b4c")]
    public async Task It_goes_on_behind_the_event_in_the_log_of_that_epoch(string epoch)
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 4, epoch: epoch), Say.Replay(Say.Events(1, 4)));
        bridge.Backend.Next(Say.Subscribed(last: 6, epoch: epoch), Say.Replay(Say.Events(5, 6)));
        var (last, known) = await FollowAsync(bridge.Gateway);
        await TestGateway.EventuallyAsync(() => bridge.Gateway.UpstreamStreams == 0, "its stream is closed");

        var answer = await bridge.GetAsync($"?offset={Token(last, known)}");

        Assert.Equal([5, 6], answer.Ids);
        Assert.Equal(Token(6, epoch), answer["Stream-Next-Offset"]);
        var asked = bridge.Backend.Requests.Last();
        Assert.Equal((4, epoch), (asked.AfterEventId, asked.Epoch));
    }

    [Fact]
    public async Task Without_an_epoch_none_is_checked_and_the_answer_has_the_logs()
    {
        await using var bridge = await EventsBridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 5), Say.Replay(Say.Events(5, 5)));

        var answer = await bridge.GetAsync($"?offset={Token(4, "")}");

        Assert.Equal([5], answer.Ids);
        Assert.Equal(Token(5, Say.Epoch), answer["Stream-Next-Offset"]);
        var asked = Assert.Single(bridge.Backend.Requests);
        Assert.Equal((4, ""), (asked.AfterEventId, asked.Epoch));
    }

    [Fact]
    public void The_document_writes_it_so()
    {
        var text = File.ReadAllText(RepositoryRoot.Combine("PROTOCOL.md"));

        Assert.Contains($"For event 4 of epoch `7c1d` that is `{Token(4, "7c1d")}`", Unwrapped(text), StringComparison.Ordinal);
        Assert.Contains($"`{Token(4, "")}`", text, StringComparison.Ordinal);
    }

    /// <returns>The last event's id and the log's epoch, as a WebSocket tells them.</returns>
    private static async Task<(long Last, string Epoch)> FollowAsync(TestGateway gateway)
    {
        await using var socket = await gateway.ConnectAsync();
        await socket.SubscribeAsync("job-1", 0);
        var said = await socket.UntilAsync("replay");
        var subscribed = said.Single(message => (string?)message["type"] == "subscribed");
        return (TestClient.EventIds(said, "job-1")[^1], (string)subscribed["epoch"]!);
    }

    /// <summary>By the document's rule, and with nothing of the gateway's own.</summary>
    private static string Token(long id, string epoch)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(epoch));
        return $"{id:0000000000000000}_{base64.TrimEnd('=').Replace('+', '-').Replace('/', '_')}";
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split('\n').Select(line => line.Trim()));
}
