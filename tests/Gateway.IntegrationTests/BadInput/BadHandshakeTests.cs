using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>PROTOCOL.md section 7: what can't become a WebSocket is told why, and disturbs nobody. Nothing is ever answered with 500.</summary>
public sealed class BadHandshakeTests(TargetGateway target) : IClassFixture<TargetGateway>
{
    private static readonly Dictionary<int, (string Title, string[] Codes)> Documented = new()
    {
        [400] = ("Bad Request", ["malformed_handshake"]),
        [403] = ("Forbidden", ["host_not_allowed", "origin_not_allowed"]),
        [404] = ("Not Found", ["not_found"]),
        [405] = ("Method Not Allowed", ["method_not_allowed"]),
        [426] = ("Upgrade Required", ["upgrade_required"]),
    };

    public static TheoryData<string> Names => [.. BadHandshakes.Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_malformed_handshake_gets_its_answer_and_the_next_one_works(string name)
    {
        var row = BadHandshakes.Rows[name];
        await using var client = await RawClient.ConnectAsync(target.Gateway.HttpUrl);

        await client.SendAsync(row.Bytes(target.Gateway.HttpUrl.Authority));
        var answer = await client.ReadHttpAsync();

        Assert.Equal(row.Status, answer.Status);
        AssertBody(row, answer);
        if (row.Header?.Split(": ") is [var header, var value])
        {
            Assert.Equal(value, answer.Headers[header]);
        }

        if (row.Ends)
        {
            await client.EndedAsync();
        }
        else
        {
            await client.ShakeHandsAsync();
            await TargetGateway.AssertServesAsync(client);
        }

        await target.AssertServesOthersAsync();
    }

    [Theory]
    [InlineData("no subprotocol", "", null)]
    [InlineData("an empty one", "Sec-WebSocket-Protocol: \r\n", null)]
    [InlineData("commas", "Sec-WebSocket-Protocol: ,,,\r\n", null)]
    [InlineData("another one", "Sec-WebSocket-Protocol: other\r\n", null)]
    [InlineData("no token", "Sec-WebSocket-Protocol: a b\"c\r\n", null)]
    [InlineData("ours in quotes", "Sec-WebSocket-Protocol: \"optimization.v1\"\r\n", null)]
    [InlineData("another case", "Sec-WebSocket-Protocol: OPTIMIZATION.V1\r\n", null)]
    [InlineData("ours twice", "Sec-WebSocket-Protocol: optimization.v1, optimization.v1\r\n", "optimization.v1")]
    [InlineData("ours in a second line", "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol: optimization.v1\r\n", "optimization.v1")]
    [InlineData("ours beside a token", "Sec-WebSocket-Protocol: optimization.v1, bearer.abc\r\n", "optimization.v1")]
    [InlineData("an extension that is none", "Sec-WebSocket-Extensions: ;;;=\r\n", null)]
    [InlineData("compression", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99\r\n", null)]
    public async Task An_odd_offer_is_no_reason_to_refuse_and_only_ours_is_taken(string name, string offer, string? taken)
    {
        Assert.NotEmpty(name);
        await using var client = await RawClient.ConnectAsync(target.Gateway.HttpUrl);

        await client.SendAsync(new BadHandshake(BadHandshake.Handshake(more: offer), 101).Bytes(target.Gateway.HttpUrl.Authority));
        var answer = await client.ReadHttpAsync();

        Assert.Equal(101, answer.Status);
        Assert.Equal(taken, answer.Headers.GetValueOrDefault("Sec-WebSocket-Protocol"));
        Assert.DoesNotContain("Sec-WebSocket-Extensions", answer.Headers.Keys);
        await TargetGateway.AssertServesAsync(client);
    }

    [Fact]
    public async Task A_HEAD_gets_405_without_a_body()
    {
        await using var client = await RawClient.ConnectAsync(target.Gateway.HttpUrl);

        await client.SendAsync(new BadHandshake(BadHandshake.Handshake("HEAD"), 405).Bytes(target.Gateway.HttpUrl.Authority));
        var answer = await client.ReadHttpAsync(hasBody: false);

        Assert.Equal((405, "GET"), (answer.Status, answer.Headers["Allow"]));
        await client.ShakeHandsAsync();
        await TargetGateway.AssertServesAsync(client);
    }

    [Fact]
    public async Task An_HTTP2_preface_on_a_port_of_HTTP_1_is_told_so_in_HTTP2()
    {
        await using var client = await RawClient.ConnectAsync(target.Gateway.HttpUrl);

        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());

        // GOAWAY with HTTP_1_1_REQUIRED, RFC 9113 section 7.
        Assert.Equal([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xD], await client.ReadRestAsync());
        await target.AssertServesOthersAsync();
    }

    private static void AssertBody(BadHandshake row, RawHttpAnswer answer)
    {
        if (row.Detail is null)
        {
            Assert.Empty(answer.Body);
            return;
        }

        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        var problem = JsonNode.Parse(answer.Body)!.AsObject();
        Assert.Equal(
            (row.Detail, row.Status, Documented[row.Status].Title),
            ((string?)problem["detail"], (int)problem["status"]!, (string?)problem["title"])
        );
        Assert.Contains((string?)problem["code"], Documented[row.Status].Codes);
        Assert.StartsWith("https://tools.ietf.org/html/rfc9110#section-15.5.", (string?)problem["type"], StringComparison.Ordinal);
    }
}
