using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 1, and the refusals before the upgrade of section 7.</summary>
public sealed class ConnectingTests
{
    [Fact]
    public async Task The_documented_client_sees_history_and_then_live_events()
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 2), Say.Replay(Say.Events(1, 2)), Say.Live(Say.Event(3)), Say.Live(Say.Completed(4)));

        await bridge.Client.SendTextAsync("""{ "type": "subscribe", "jobId": "job-1", "afterEventId": 0 }""");
        var messages = await bridge.Client.UntilAsync("unsubscribed");

        Assert.Equal(["subscribed", "replay", "event", "event", "unsubscribed"], messages.Select(m => (string)m["type"]!));
        Assert.Equal([1, 2, 3, 4], bridge.Client.EventIds("job-1"));
    }

    [Fact]
    public async Task The_subprotocol_is_selected_if_offered_and_not_required()
    {
        await using var bridge = await Bridge.OpenAsync();
        await using var offering = await TestClient.ConnectAsync(
            bridge.Gateway.SocketUrl,
            options =>
            {
                options.AddSubProtocol("something.else");
                options.AddSubProtocol("optimization.v1");
            }
        );

        Assert.Equal("optimization.v1", offering.Subprotocol);
        Assert.Null(bridge.Client.Subprotocol);
    }

    [Fact]
    public async Task A_plain_GET_gets_426_with_what_to_do()
    {
        await using var bridge = await Bridge.OpenAsync();
        using var response = await GetAsync(bridge);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("13", response.Headers.GetValues("Sec-WebSocket-Version").Single());
        Assert.Contains("WebSocket", await DetailOf(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_POST_gets_405()
    {
        await using var bridge = await Bridge.OpenAsync();
        using var response = await GetAsync(bridge, request => request.Method = HttpMethod.Post);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("8", "dGhlIHNhbXBsZSBub25jZQ==", HttpStatusCode.UpgradeRequired)]
    [InlineData("13", "short", HttpStatusCode.BadRequest)]
    [InlineData("13", null, HttpStatusCode.BadRequest)]
    public async Task A_malformed_handshake_is_refused_before_the_upgrade(string version, string? key, HttpStatusCode expected)
    {
        await using var bridge = await Bridge.OpenAsync();
        using var response = await GetAsync(
            bridge,
            request =>
            {
                request.Headers.Connection.Add("Upgrade");
                request.Headers.Upgrade.ParseAdd("websocket");
                request.Headers.Add("Sec-WebSocket-Version", version);
                request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", key);
            }
        );

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("https://listed.example", true)]
    [InlineData("same", true)]
    public async Task A_page_elsewhere_may_connect_only_if_its_origin_is_listed(string origin, bool mayConnect)
    {
        await using var bridge = await Bridge.OpenAsync(
            clock: null,
            "Gateway:Security:AllowedOrigins=https://listed.example, https://other.example"
        );
        var header = origin == "same" ? bridge.Gateway.HttpUrl.GetLeftPart(UriPartial.Authority) : origin;
        using var response = await GetAsync(bridge, request => request.Headers.Add("Origin", header));

        Assert.Equal(mayConnect ? HttpStatusCode.UpgradeRequired : HttpStatusCode.Forbidden, response.StatusCode);
        if (!mayConnect)
        {
            Assert.Contains("Gateway:Security:AllowedOrigins", await DetailOf(response), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_each_refusal_by_403_the_log_has_a_line_a_minute_with_who_it_was_and_the_setting()
    {
        var clock = new Clock(DateTimeOffset.UnixEpoch);
        await using var bridge = await Bridge.OpenAsync(clock);
        List<string> Lines() =>
            [
                .. bridge
                    .Gateway.Log.GetSnapshot()
                    .Select(record => record.Message)
                    .Where(line => line.StartsWith("A connection was refused", StringComparison.Ordinal)),
            ];
        Task<HttpResponseMessage> FromAsync(string origin) =>
            GetAsync(bridge, request => request.Headers.TryAddWithoutValidation("Origin", origin));

        (await FromAsync("https://evil.example/" + new string('x', 1000))).Dispose();
        (await FromAsync("https://other.example")).Dispose();
        var line = Assert.Single(Lines());
        Assert.StartsWith(
            $"A connection was refused with 403 origin_not_allowed (Host: {bridge.Gateway.HttpUrl.Authority}, Origin: https://evil.example/",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains("Gateway:Security:AllowedOrigins", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.InRange(line.Length, 1, 600);

        (await GetAsync(bridge, request => request.Headers.Host = "rebound.example")).Dispose();
        Assert.Contains("403 host_not_allowed (Host: rebound.example, Origin: none)", Lines()[^1], StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await FromAsync("https://other.example")).Dispose();
        Assert.Equal(3, Lines().Count);
        Assert.Contains("Origin: https://other.example)", Lines()[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rebound.example", false)]
    [InlineData("listed.example", true)]
    [InlineData("localhost", true)]
    public async Task A_name_that_is_not_ours_does_not_pass_for_the_same_host(string host, bool isOurs)
    {
        await using var bridge = await Bridge.OpenAsync(clock: null, "Gateway:Security:AllowedHosts=listed.example");
        using var response = await GetAsync(
            bridge,
            request =>
            {
                request.Headers.Host = $"{host}:{bridge.Gateway.HttpUrl.Port}";
                request.Headers.Add("Origin", $"http://{host}:{bridge.Gateway.HttpUrl.Port}");
            }
        );

        Assert.Equal(isOurs ? HttpStatusCode.UpgradeRequired : HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(Bridge bridge, Action<HttpRequestMessage>? change = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(bridge.Gateway.HttpUrl, "/ws/optimization"));
        change?.Invoke(request);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string> DetailOf(HttpResponseMessage response) =>
        (string)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["detail"]!;
}
