using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>PROTOCOL.md section 6: a malformed message is answered with what is wrong with it, and the connection goes on as if nothing had been.</summary>
public sealed class BadMessageTests(TargetGateway target) : IClassFixture<TargetGateway>
{
    public static TheoryData<string> Names => [.. BadMessages.Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_malformed_message_is_told_what_is_wrong_and_touches_nothing(string name)
    {
        var row = BadMessages.Rows[name];
        await using var client = await RawClient.UpgradeAsync(target.Gateway.HttpUrl);

        await client.SendAsync(RawFrame.Message(row.Text));

        var answer = JsonNode.Parse((await client.ReadFrameAsync())!.PayloadText);
        Assert.Equal(row.Answer, answer!.ToJsonString());
        await TargetGateway.AssertServesAsync(client);
    }

    [Theory]
    [InlineData("""{"type":"ping","afterEventId":-1,"jobId":1,"epoch":[]}""", "what a type doesn't have")]
    [InlineData("""{"type":"ping","x":{"y":[1e999,"\ud800"]}}""", "a member nobody knows")]
    [InlineData("""{"\ud800":1,"type":"ping"}""", "a name that is not well-formed")]
    [InlineData("""{"type":1,"type":"ping"}""", "the last of two")]
    [InlineData("""{"t\u0079pe":"\u0070ing"}""", "escapes")]
    public async Task What_need_not_be_read_is_not_judged(string text, string what)
    {
        Assert.NotEmpty(what);
        await using var client = await RawClient.UpgradeAsync(target.Gateway.HttpUrl);

        await client.SendAsync(RawFrame.Message(text));

        Assert.Equal("""{"type":"pong"}""", (await client.ReadFrameAsync())?.PayloadText);
        await TargetGateway.AssertServesAsync(client);
    }
}
