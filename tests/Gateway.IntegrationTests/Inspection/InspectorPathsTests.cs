using System.Text;
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
