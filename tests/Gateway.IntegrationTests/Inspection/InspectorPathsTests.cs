using System.Text;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Inspection;

/// <summary>Routing takes a path in more ways of writing than one; none of them opens without the key.</summary>
public sealed class InspectorPathsTests
{
    private static readonly string[] Reads =
    [
        "/inspector/connections",
        "/inspector/connections/{id}",
        "/inspector/jobs/job-1",
        "/inspector/ended",
    ];

    private static readonly Func<string, string>[] Spellings =
    [
        path => path,
        path => path.Replace("inspector", "Inspector", StringComparison.Ordinal),
        path => path.ToUpperInvariant(),
        path => path.Replace("inspector", "%69nspector", StringComparison.Ordinal),
        path => path.Replace("inspector", "%49NSPECTOR", StringComparison.Ordinal),
        path => path.Replace("/inspector/", "/inspector/./", StringComparison.Ordinal),
        path => path.Replace("/inspector/", "/x/../Inspector/", StringComparison.Ordinal),
        path => path.Replace("/inspector/", "//inspector/", StringComparison.Ordinal),
    ];

    [Fact]
    public async Task However_a_path_is_written_it_opens_with_the_key_alone()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 0));
        var id = await inspector.ConnectionOfAsync("job-1");
        var opened = 0;
        foreach (
            var path in Spellings.SelectMany(spelling =>
                Reads.Select(read => spelling(read).Replace("{id}", id, StringComparison.OrdinalIgnoreCase))
            )
        )
        {
            foreach (var end in new[] { "", "/", "?limit=1" })
            {
                foreach (var method in new[] { "GET", "HEAD", "POST" })
                {
                    Assert.Equal((path, method, 401), (path, method, await AnswerAsync(bridge.Gateway, method, path + end, key: null)));
                }

                opened += await AnswerAsync(bridge.Gateway, "GET", path + end, InspectorClient.Key) == 200 ? 1 : 0;
            }
        }

        // Most of them are routes; else nothing was asked that needs a key.
        Assert.InRange(opened, Reads.Length * (Spellings.Length - 1) * 2, int.MaxValue);
    }

    [Fact]
    public async Task However_its_path_is_written_nothing_is_closed_without_the_key()
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(bridge.Gateway);
        await bridge.SubscribeAsync(0, Say.Subscribed(last: 0));
        var id = await inspector.ConnectionOfAsync("job-1");
        foreach (var spelling in Spellings)
        {
            foreach (var end in new[] { "close", "Close", "close/", "%63lose" })
            {
                var path = $"{spelling("/inspector/connections/")}{id}/{end}";
                Assert.Equal((path, 401), (path, await AnswerAsync(bridge.Gateway, "POST", path, key: null)));
            }
        }

        Assert.Equal("pong", (string?)(await bridge.Client.SettleAsync())[^1]["type"]);
        Assert.DoesNotContain(
            bridge.Gateway.Log.GetSnapshot(),
            line => line.Message.Contains(" closed connection ", StringComparison.Ordinal)
        );
    }

    /// <summary>Whatever PROTOCOL.md allows as a job id can be asked for: by the query where a path can't hold it.</summary>
    [Theory]
    [InlineData(".", "/inspector/jobs?id=.")]
    [InlineData("..", "/inspector/jobs?id=..")]
    [InlineData("..", "/inspector/jobs?limit=10&id=%2E%2E")]
    [InlineData("a/../b", "/inspector/jobs?id=a/../b")]
    [InlineData("a/../b", "/inspector/jobs/a%2F..%2Fb")]
    [InlineData("a+b c&d", "/inspector/jobs?id=a%2Bb%20c%26d")]
    [InlineData("100%", "/inspector/jobs/100%25")]
    [InlineData("%2F", "/inspector/jobs/%252F")]
    [InlineData("job-1", "/%69nspector/jobs/job-1")]
    [InlineData("job-1", "/inspector/%6A%6Fbs/job-1?limit=10")]
    [InlineData("job-1", "/Inspector/JOBS/job-1")]
    [InlineData("job-1", "http://127.0.0.1:{port}/inspector/jobs/job-1")]
    public async Task Any_job_id_can_be_asked_for(string jobId, string target)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, InspectorClient.Settings);
        bridge.Backend.Next(Say.Subscribed(last: 0));
        await bridge.Client.SubscribeAsync(jobId, 0);
        await bridge.Client.UntilAsync("subscribed");
        await using var client = await RawClient.ConnectAsync(bridge.Gateway.InspectorUrl!);
        var path = target.Replace("{port}", $"{bridge.Gateway.InspectorUrl!.Port}", StringComparison.Ordinal);

        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: {bridge.Gateway.InspectorUrl!.Authority}\r\nAuthorization: Bearer {InspectorClient.Key}\r\n\r\n"
            )
        );

        var answer = JsonNode.Parse((await client.ReadHttpAsync()).Body)!;
        Assert.Equal((jobId, 1), ((string?)answer["jobId"], (int?)answer["matched"]));
    }

    private static async Task<int> AnswerAsync(TestGateway gateway, string method, string target, string? key)
    {
        const string Body = """{"comeBack":false}""";
        await using var client = await RawClient.ConnectAsync(gateway.InspectorUrl!);
        var authorization = key is null ? "" : $"Authorization: Bearer {key}\r\n";
        var body = method == "POST" ? $"Content-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}" : "\r\n";
        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                $"{method} {target} HTTP/1.1\r\nHost: {gateway.InspectorUrl!.Authority}\r\nConnection: close\r\n{authorization}{body}"
            )
        );
        return (await client.ReadHttpAsync(hasBody: method != "HEAD")).Status;
    }
}
