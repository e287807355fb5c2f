using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Inspection;

/// <summary>Who gets to see the inspector, and where.</summary>
public sealed class InspectorDoorTests
{
    private const string AnyPath = "inspector/connections";

    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Fact]
    public async Task There_is_none_unless_it_is_asked_for()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend);

        Assert.Null(gateway.InspectorUrl);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(gateway.HttpUrl, AnyPath, InspectorClient.Key));
    }

    [Fact]
    public async Task Its_port_has_nothing_of_the_gateway_and_the_gateways_has_nothing_of_it()
    {
        await using var gateway = await TestGateway.StartAsync(
            NoBackend,
            time: null,
            [.. InspectorClient.Settings, "Gateway:Telemetry:Prometheus=true"]
        );

        foreach (var path in new[] { AnyPath, "inspector/ended", "inspector/jobs/x", "inspector.js" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(gateway.HttpUrl, path, InspectorClient.Key));
        }

        foreach (var path in new[] { "ws/optimization", "health/ready", "health/live", "metrics", "console.json", "console.js" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(gateway.InspectorUrl!, path, InspectorClient.Key));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway.InspectorUrl!, AnyPath, InspectorClient.Key));
        var socket = new UriBuilder(gateway.InspectorUrl!) { Scheme = "ws", Path = "/ws/optimization" }.Uri;
        await Assert.ThrowsAnyAsync<System.Net.WebSockets.WebSocketException>(() => TestClient.ConnectAsync(socket));
    }

    [Theory]
    [InlineData(null, "key_required")]
    [InlineData("wrong", "wrong_key")]
    [InlineData("0123456789abcdef0123456789abcdeF", "wrong_key")]
    [InlineData("0123456789abcdef0123456789abcdef0", "wrong_key")]
    [InlineData("0123456789abcdef0123456789abcde", "wrong_key")]
    public async Task Without_the_right_key_it_tells_nothing(string? key, string code)
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, InspectorClient.Settings);
        using var stranger = new InspectorClient(gateway, key);

        foreach (var path in new[] { AnyPath, "inspector/connections/x", "inspector/jobs/x", "inspector/ended", "inspector/none" })
        {
            var (status, body, headers) = await stranger.AskAsync(path);

            Assert.Equal((HttpStatusCode.Unauthorized, code), (status, (string?)body["code"]));
            Assert.Equal("Bearer", headers.WwwAuthenticate.Single().Scheme);
        }

        Assert.Equal(HttpStatusCode.OK, (await stranger.AskAsync("")).Status);
        var closing = await stranger.CloseAsync("x", new { comeBack = true });
        Assert.Equal(HttpStatusCode.Unauthorized, closing.Status);

        // Once for all six, where a key was tried, and never the key.
        var log = gateway.Log.GetSnapshot();
        Assert.Equal(key is null ? 0 : 1, log.Count(record => record.Level == LogLevel.Warning));
        Assert.DoesNotContain(log, record => key is not null && record.ToString().Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_guesses_has_to_wait_and_then_the_right_key_opens_again()
    {
        var clock = new Clock();
        await using var gateway = await TestGateway.StartAsync(NoBackend, clock, InspectorClient.Settings);
        using var guesser = new InspectorClient(gateway, "guess");
        using var operatorHere = new InspectorClient(gateway);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await guesser.AskAsync(AnyPath)).Status);
        }

        // Also the right one: else one could go on guessing.
        foreach (var client in new[] { guesser, operatorHere })
        {
            var (status, body, headers) = await client.AskAsync(AnyPath);
            Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_wrong_keys"), (status, (string?)body["code"]));
            Assert.NotNull(headers.RetryAfter);
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await operatorHere.AskAsync(AnyPath)).Status);
        Assert.Single(gateway.Log.GetSnapshot(), record => record.Level == LogLevel.Warning);

        clock.Advance(TimeSpan.FromMinutes(1));
        await guesser.AskAsync(AnyPath);
        Assert.Equal(2, gateway.Log.GetSnapshot().Count(record => record.Level == LogLevel.Warning));
    }

    [Fact]
    public async Task Knocking_without_a_key_locks_nobody_out()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, new Clock(), InspectorClient.Settings);
        using var anyPage = new InspectorClient(gateway, key: null);
        using var operatorHere = new InspectorClient(gateway);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("key_required", (string?)(await anyPage.AskAsync(AnyPath)).Body["code"]);
        }

        Assert.Equal(HttpStatusCode.OK, (await operatorHere.AskAsync(AnyPath)).Status);
    }

    [Fact]
    public async Task An_operator_at_work_is_not_kept_out_by_a_neighbour_who_guesses()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, new Clock(), InspectorClient.Settings);
        await using var atWork = await RawClient.ConnectAsync(gateway.InspectorUrl!);
        Assert.Equal(200, await AskAsync(atWork, InspectorClient.Key));
        using var guesser = new InspectorClient(gateway, "guess");
        for (var i = 0; i < 11; i++)
        {
            await guesser.AskAsync(AnyPath);
        }

        Assert.Equal(200, await AskAsync(atWork, InspectorClient.Key));

        // Having had a key is no licence to guess.
        Assert.Equal(401, await AskAsync(atWork, "guess"));
        Assert.Equal(429, await AskAsync(atWork, "guess"));
    }

    [Theory]
    [InlineData("evil.example", null, "host_not_allowed")]
    [InlineData(null, "https://evil.example", "origin_not_allowed")]
    public async Task A_page_elsewhere_gets_nothing_even_with_the_key(string? host, string? origin, string code)
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, InspectorClient.Settings);
        using var inspector = new InspectorClient(gateway);

        foreach (var path in new[] { "", AnyPath })
        {
            var (status, body, _) = await inspector.AskAsync(
                path,
                request =>
                {
                    request.Headers.Host = host;
                    if (origin is not null)
                    {
                        request.Headers.Add("Origin", origin);
                    }
                }
            );

            Assert.Equal((HttpStatusCode.Forbidden, code), (status, (string?)body["code"]));
        }
    }

    [Fact]
    public async Task The_key_file_holds_several_keys_and_is_read_again_when_it_changes()
    {
        var (alice, bob, carol) = (new string('a', 32), new string('b', 40), new string('c', 32));
        var file = Path.GetTempFileName();
        var clock = new Clock();
        await File.WriteAllTextAsync(file, $"# who may look\n\nalice {alice}\n{bob}\n", TestContext.Current.CancellationToken);
        await using var gateway = await TestGateway.StartAsync(
            NoBackend,
            clock,
            "Gateway:Inspector:Url=http://127.0.0.1:0",
            $"Gateway:Inspector:KeyFile={file}"
        );
        Assert.Equal([true, true, false], await OpenAsync());

        await File.WriteAllTextAsync(file, $"{bob}\ncarol {carol}\n", TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([false, true, true], await OpenAsync());

        // Half a file, as one that is being written: what it had before counts, and that is said once.
        await File.WriteAllTextAsync(file, "carol short\n", TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([false, true, true], await OpenAsync());
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([false, true, true], await OpenAsync());

        File.Delete(file);
        var log = gateway.Log.GetSnapshot();
        var told = Assert.Single(log, record => record.Message.Contains("key file can't be used", StringComparison.Ordinal));
        Assert.Contains($"the key in line 1 of {file} must be 32 to 512", told.Message, StringComparison.Ordinal);
        Assert.Contains(log, record => record.Message == "Inspector: alice at 127.0.0.1 read /inspector/connections.");
        Assert.Contains(log, record => record.Message == "Inspector: line 4 at 127.0.0.1 read /inspector/connections.");
        Assert.DoesNotContain(log, record => record.ToString().Contains(alice[..16], StringComparison.Ordinal));

        async Task<List<bool>> OpenAsync()
        {
            var opened = new List<bool>();
            foreach (var key in new[] { alice, bob, carol })
            {
                using var client = new InspectorClient(gateway, key);
                opened.Add((await client.AskAsync(AnyPath)).Status == HttpStatusCode.OK);
            }

            return opened;
        }
    }

    private static async Task<int> AskAsync(RawClient client, string? key)
    {
        var authorization = key is null ? "" : $"Authorization: Bearer {key}\r\n";
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET /{AnyPath} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n"));
        return (await client.ReadHttpAsync()).Status;
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri url, string path, string key)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, path));
        request.Headers.Add("Authorization", $"Bearer {key}");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
