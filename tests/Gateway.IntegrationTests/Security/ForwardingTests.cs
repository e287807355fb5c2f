using Grpc.Core;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>What of a caller reaches a backend, and that it reaches no other.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private readonly KeyFolder keys = new();
    private ScriptedBackend trusted = null!;
    private ScriptedBackend other = null!;
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync()
    {
        trusted = await ScriptedBackend.StartAsync();
        other = await ScriptedBackend.StartAsync();
        gateway = await StartAsync([keys.PemSetting, .. JwtText.Settings]);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await trusted.DisposeAsync();
        await other.DisposeAsync();
        keys.Dispose();
    }

    [Fact]
    public async Task The_token_and_the_chosen_headers_reach_the_backend_that_is_configured_so_and_no_other()
    {
        // A stream that breaks, so that it is reopened, and a replay.
        trusted.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 0), Say.Replay()));
        trusted.Next(Say.Subscribed(last: 0), Say.Replay());
        trusted.Next(ScriptedBackend.SayAndEnd(Say.Subscribed(last: 0), Say.Replay()));
        other.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
        var token = JwtText.Make(keys.Rsa);
        await using var client = await ConnectAsync(token);
        await client.SubscribeAsync("a-1", afterEventId: 0);
        await TestGateway.EventuallyAsync(() => trusted.Calls.Count == 2, "the broken stream was reopened");
        await client.SendAsync(
            new
            {
                type = "replay",
                jobId = "a-1",
                requestId = "r",
            }
        );
        await client.UntilAsync(message => (string?)message["requestId"] == "r");
        await client.SubscribeAsync("b-1");
        await TestGateway.EventuallyAsync(() => !other.Calls.IsEmpty, "the other backend was asked");

        Assert.Equal(3, trusted.Calls.Count);
        Assert.All(
            trusted.Calls,
            call =>
            {
                Assert.Equal($"Bearer {token}", Assert.Single(call.Headers, header => header.Key == "authorization").Value);
                Assert.Equal("acme", call.Headers.GetValue("x-tenant"));
                Assert.Null(call.Headers.GetValue("x-other"));
            }
        );
        Assert.All(
            other.Calls,
            call => Assert.DoesNotContain(call.Headers, header => header.Key is "authorization" or "x-tenant" or "sec-websocket-protocol")
        );
    }

    [Fact]
    public async Task Two_callers_are_told_apart()
    {
        trusted.Always(ScriptedBackend.Say(Say.Subscribed(last: 0)));
        string[] tokens = [JwtText.Make(keys.Rsa), JwtText.Make(keys.Ec)];
        foreach (var token in tokens)
        {
            await using var client = await ConnectAsync(token);
            await client.SubscribeAsync("a-1");
            await client.NextAsync("subscribed");
        }

        Assert.Equal(tokens.Select(token => $"Bearer {token}"), trusted.Calls.Select(call => call.Headers.GetValue("authorization")));
    }

    [Theory]
    [InlineData("a-1", "unauthorized")]
    [InlineData("b-1", "backend_error")]
    public async Task UNAUTHENTICATED_is_the_caller_s_fault_only_where_its_token_was_sent(string job, string code)
    {
        trusted.Always(ScriptedBackend.Fail(StatusCode.Unauthenticated));
        other.Always(ScriptedBackend.Fail(StatusCode.Unauthenticated));
        await using var client = await ConnectAsync(JwtText.Make(keys.Rsa));
        await client.SubscribeAsync(job);
        var error = await client.NextAsync("error");
        Assert.Equal((code, "not_opened", false), ((string?)error["code"], (string?)error["subscription"], (bool)error["retryable"]!));

        await client.SendAsync(new { type = "replay", jobId = job });
        Assert.Equal(code, (string?)(await client.NextAsync("error"))["code"]);
    }

    [Fact]
    public async Task A_token_that_the_backend_no_longer_takes_ends_the_subscription_when_its_stream_is_reopened()
    {
        trusted.Next(ScriptedBackend.SayAndFail(StatusCode.Unavailable, Say.Subscribed(last: 0), Say.Replay()));
        trusted.Next(ScriptedBackend.Fail(StatusCode.Unauthenticated));
        await using var client = await ConnectAsync(JwtText.Make(keys.Rsa));
        await client.SubscribeAsync("a-1", afterEventId: 0);
        await client.NextAsync("subscribed");

        var error = (await client.UntilAsync("error"))[^1];
        Assert.Equal(("unauthorized", "ended"), ((string?)error["code"], (string?)error["subscription"]));
        Assert.Equal("failed", (string?)(await client.NextAsync("unsubscribed"))["reason"]);
    }

    [Fact]
    public async Task A_header_that_metadata_can_t_carry_is_refused_before_the_upgrade()
    {
        await using var client = await RawClient.ConnectAsync(gateway.HttpUrl);
        await client.SendAsync(
            System.Text.Encoding.UTF8.GetBytes(
                $"GET /ws/optimization HTTP/1.1\r\nHost: {gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Tenant: \u00e4cme\r\n"
                    + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {JwtText.Make(keys.Rsa)}\r\n\r\n"
            )
        );
        var answer = await client.ReadHttpAsync();

        Assert.Equal(400, answer.Status);
        Assert.Contains("x-tenant", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_asks_nobody_hands_on_what_it_is_given()
    {
        await using var open = await StartAsync();
        trusted.Always(ScriptedBackend.Say(Say.Subscribed(last: 0)));
        await using var bearer = await TokenGateway.ConnectAsync(open, "opaque~token");
        await bearer.SubscribeAsync("a-1");
        await bearer.NextAsync("subscribed");
        await using var anonymous = await open.ConnectAsync();
        await anonymous.SubscribeAsync("a-1");
        await anonymous.NextAsync("subscribed");

        Assert.Equal(["Bearer opaque~token", null], trusted.Calls.Select(call => call.Headers.GetValue("authorization")));
    }

    private Task<TestClient> ConnectAsync(string token) =>
        TestClient.ConnectAsync(
            gateway.SocketUrl,
            options =>
            {
                options.AddSubProtocol("optimization.v1");
                options.AddSubProtocol($"bearer.{token}");
                options.SetRequestHeader("X-Tenant", "acme");
                options.SetRequestHeader("X-Other", "secret");
            }
        );

    private Task<TestGateway> StartAsync(params string[] settings) =>
        TestGateway.StartAsync(
            time: null,
            [
                $"Gateway:Backends:trusted:Address={trusted.Url}",
                "Gateway:Backends:trusted:JobIds=a-*",
                "Gateway:Backends:trusted:ForwardAuthorization=true",
                "Gateway:Backends:trusted:ForwardHeaders=X-Tenant",
                $"Gateway:Backends:other:Address={other.Url}",
                .. settings,
            ]
        );
}
