using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>PROTOCOL.md section 7: who is refused before the upgrade because of how many there are, and how that is said.</summary>
public sealed class AdmissionTests
{
    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Fact]
    public async Task One_connection_too_many_gets_503_and_finds_a_place_when_another_has_left()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, "Gateway:Limits:Connections=2");
        await using var first = await gateway.ConnectAsync();
        var second = await gateway.ConnectAsync();

        await AssertRefusedAsync(gateway, HttpStatusCode.ServiceUnavailable, "too_many_connections", "Gateway:Limits:Connections");

        await second.DisposeAsync();
        await TestGateway.EventuallyAsync(() => gateway.Connections == 1, "the second has left");
        await using var third = await gateway.ConnectAsync();
        Assert.Equal("pong", (string?)(await third.SettleAsync())[^1]["type"]);
        Assert.Equal("pong", (string?)(await first.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task One_connection_too_many_from_an_address_gets_429_and_other_addresses_come_in()
    {
        await using var gateway = await TestGateway.StartAsync(
            null,
            [$"Gateway:Backends:test:Address={NoBackend}", "Gateway:Limits:ConnectionsPerAddress=1"],
            services => services.AddSingleton<IStartupFilter, AddressByHeader>()
        );
        await using var first = await ConnectFromAsync(gateway, "192.0.2.7");

        await AssertRefusedAsync(
            gateway,
            HttpStatusCode.TooManyRequests,
            "too_many_connections_from_address",
            "Gateway:Limits:ConnectionsPerAddress",
            "192.0.2.7"
        );
        await using var other = await ConnectFromAsync(gateway, "192.0.2.8");

        await first.CloseAsync();
        await TestGateway.EventuallyAsync(() => gateway.Connections == 1, "the first has left");
        await using var again = await ConnectFromAsync(gateway, "192.0.2.7");
    }

    [Fact]
    public async Task Loopback_is_not_counted()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, "Gateway:Limits:ConnectionsPerAddress=1");
        await using var first = await gateway.ConnectAsync();
        await using var second = await gateway.ConnectAsync();

        Assert.Equal("pong", (string?)(await second.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task Too_many_newcomers_at_once_get_503()
    {
        var clock = new Clock();
        await using var gateway = await TestGateway.StartAsync(NoBackend, clock, "Gateway:Limits:NewConnectionsPerSecond=1");
        await using var first = await gateway.ConnectAsync();

        await AssertRefusedAsync(
            gateway,
            HttpStatusCode.ServiceUnavailable,
            "too_many_new_connections",
            "Gateway:Limits:NewConnectionsPerSecond"
        );

        clock.Advance(TimeSpan.FromSeconds(1));
        await using var second = await gateway.ConnectAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer\r\n")]
    [InlineData("Authorization: Bearer no/token?\r\n")]
    [InlineData("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")]
    [InlineData("Sec-WebSocket-Protocol: bearer.a.b.c\r\n")]
    public async Task Who_is_refused_at_a_glance_takes_nobody_s_turn(string header)
    {
        using var keys = new KeyFolder();
        var clock = new Clock(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(
            NoBackend,
            clock,
            ["Gateway:Limits:NewConnectionsPerSecond=1", keys.PemSetting, .. JwtText.Settings]
        );
        await using var stranger = await RawClient.ConnectAsync(gateway.HttpUrl);
        for (var i = 0; i < 20; i++)
        {
            await stranger.SendAsync(
                Encoding.ASCII.GetBytes(
                    $"GET /ws/optimization HTTP/1.1\r\nHost: {gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{header}\r\n"
                )
            );
            Assert.InRange((await stranger.ReadHttpAsync()).Status, 400, 401);
        }

        var token = JwtText.Make(keys.Ec, now: clock.GetUtcNow());
        await using var honest = await TestClient.ConnectAsync(
            gateway.SocketUrl,
            options => options.SetRequestHeader("Authorization", $"Bearer {token}")
        );
        Assert.Equal("pong", (string?)(await honest.SettleAsync())[^1]["type"]);
    }

    [Fact]
    public async Task One_address_that_comes_as_often_as_it_can_leaves_turns_for_others()
    {
        await using var gateway = await TestGateway.StartAsync(
            new Clock(),
            [$"Gateway:Backends:test:Address={NoBackend}", "Gateway:Limits:NewConnectionsPerSecond=10"],
            services => services.AddSingleton<IStartupFilter, AddressByHeader>()
        );
        var crowd = new List<TestClient>();
        for (var i = 0; i < 5; i++)
        {
            crowd.Add(await ConnectFromAsync(gateway, "192.0.2.7"));
        }

        await AssertRefusedAsync(
            gateway,
            HttpStatusCode.ServiceUnavailable,
            "too_many_new_connections",
            "Gateway:Limits:NewConnectionsPerSecond",
            "192.0.2.7"
        );
        await using var first = await ConnectFromAsync(gateway, "192.0.2.8");
        await using var second = await ConnectFromAsync(gateway, "192.0.2.9");
        foreach (var client in crowd)
        {
            await client.DisposeAsync();
        }
    }

    private static Task<TestClient> ConnectFromAsync(TestGateway gateway, string address) =>
        TestClient.ConnectAsync(gateway.SocketUrl, options => options.SetRequestHeader(AddressByHeader.Name, address));

    private static async Task AssertRefusedAsync(
        TestGateway gateway,
        HttpStatusCode status,
        string code,
        string setting,
        string? address = null
    )
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.HttpUrl, "/ws/optimization"));
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        if (address is not null)
        {
            request.Headers.Add(AddressByHeader.Name, address);
        }

        using var response = await http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 5);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal(code, (string?)problem!["code"]);
        Assert.Contains(setting, (string?)problem["detail"], StringComparison.Ordinal);
    }

    /// <summary>Lets a test say where a connection comes from: all of a machine's own come from loopback.</summary>
    private sealed class AddressByHeader : IStartupFilter
    {
        public const string Name = "Test-Address";

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, rest) =>
                    {
                        if (IPAddress.TryParse(context.Request.Headers[Name], out var address))
                        {
                            context.Connection.RemoteIpAddress = address;
                        }

                        return rest(context);
                    }
                );
                next(app);
            };
    }
}
