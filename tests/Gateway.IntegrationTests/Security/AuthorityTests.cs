using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>A provider whose keys change, that is away, hangs or talks nonsense: who can be let in is, and the others can read why not.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private readonly Clock clock = new(DateTimeOffset.UtcNow);
    private readonly TestKey old = TestKey.CommonRsa();
    private readonly TestKey young = TestKey.Ec();
    private TokenAuthority authority = null!;
    private ScriptedBackend backend = null!;

    public async ValueTask InitializeAsync()
    {
        authority = await TokenAuthority.StartAsync(old);
        backend = await ScriptedBackend.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        await authority.DisposeAsync();
        old.Dispose();
        young.Dispose();
    }

    [Fact]
    public async Task A_key_that_is_new_is_asked_for_at_once_and_one_that_was_withdrawn_no_longer_counts()
    {
        await using var gateway = await StartAsync();
        await AssertComesInAsync(gateway, old);

        authority.Keys = [young];
        await AssertComesInAsync(gateway, young);
        clock.Advance(TimeSpan.FromSeconds(10));
        await AssertRefusedAsync(gateway, old);
    }

    [Fact]
    public async Task Made_up_keys_make_the_gateway_ask_every_ten_seconds_and_no_oftener()
    {
        await using var gateway = await StartAsync();
        await AssertComesInAsync(gateway, old);
        var asked = authority.Asked;

        using var stranger = TestKey.Rsa();
        Assert.Equal("unauthorized", (await TokenGateway.AnswerAsync(gateway, Token(stranger)))!.Code);
        for (var i = 0; i < 5; i++)
        {
            // It may be a key of a moment ago: nobody is sent away for good because a stranger used up the question.
            var answer = await TokenGateway.AnswerAsync(gateway, Token(stranger));
            Assert.Equal((503, "authority_unavailable", true), (answer!.Status, answer.Code, answer.SaysWhenToComeBack));
        }

        Assert.Equal(asked + 1, authority.Asked);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("unauthorized", (await TokenGateway.AnswerAsync(gateway, Token(stranger)))!.Code);
        Assert.Equal(asked + 2, authority.Asked);
        await AssertComesInAsync(gateway, old);
    }

    [Fact]
    public async Task An_authority_that_is_away_at_the_start_is_waited_for_and_callers_are_asked_to_come_back()
    {
        authority.Instead = context => Fail(context, 500);
        await using var gateway = await StartAsync();

        var answer = await TokenGateway.AnswerAsync(gateway, Token(old));
        Assert.Equal((503, "authority_unavailable", true), (answer!.Status, answer.Code, answer.SaysWhenToComeBack));
        Assert.Equal(1013, (await TokenGateway.ClosedWithAsync(gateway, Token(old))).Code);

        authority.Instead = null;
        clock.Advance(TimeSpan.FromSeconds(5));
        await AssertComesInAsync(gateway, old);
        Assert.Single(gateway.Log.GetSnapshot(), line => line.Message.Contains("can't be asked for its keys", StringComparison.Ordinal));
        Assert.Single(gateway.Log.GetSnapshot(), line => line.Message.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_it_is_away_the_keys_that_are_known_stay_in_use()
    {
        await using var gateway = await StartAsync("Gateway:Security:Jwt:KeysRefreshInterval=00:10:00");
        await AssertComesInAsync(gateway, old);
        var asked = authority.Asked;

        authority.Instead = context => Fail(context, 503);
        clock.Advance(TimeSpan.FromMinutes(11));
        await AssertComesInAsync(gateway, old);
        await TestGateway.EventuallyAsync(() => authority.Asked > asked, "it has asked again");
        await AssertComesInAsync(gateway, old);
    }

    [Fact]
    public async Task Keys_are_asked_for_again_when_they_have_become_old()
    {
        await using var gateway = await StartAsync("Gateway:Security:Jwt:KeysRefreshInterval=00:10:00");
        await AssertComesInAsync(gateway, old);
        authority.Keys = [young];
        clock.Advance(TimeSpan.FromMinutes(11));

        // Nobody is judged by the old keys while the answer is awaited, not even who makes the gateway ask.
        await AssertRefusedAsync(gateway, old);
        await AssertComesInAsync(gateway, young);
    }

    [Theory]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}""")]
    public async Task A_provider_that_has_withdrawn_all_its_keys_lets_nobody_in_until_it_has_another(string keys)
    {
        await using var gateway = await StartAsync("Gateway:Security:Jwt:KeysRefreshInterval=00:10:00");
        await AssertComesInAsync(gateway, old);
        authority.Instead = context => context.Response.WriteAsync(keys);
        clock.Advance(TimeSpan.FromMinutes(11));

        await AssertRefusedAsync(gateway, old);
        Assert.Single(gateway.Log.GetSnapshot(), line => line.Message.Contains("publishes no usable key", StringComparison.Ordinal));

        authority.Instead = null;
        authority.Keys = [young];
        clock.Advance(TimeSpan.FromSeconds(10));
        await AssertComesInAsync(gateway, young);
    }

    [Fact]
    public async Task While_it_hangs_callers_wait_for_it_once_and_then_come_in_with_the_keys_that_are_known()
    {
        await using var gateway = await StartAsync("Gateway:Security:Jwt:KeysRefreshInterval=00:10:00");
        await AssertComesInAsync(gateway, old);
        var asked = authority.Asked;
        authority.Instead = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        clock.Advance(TimeSpan.FromMinutes(11));

        Task[] callers = [AssertComesInAsync(gateway, old), AssertComesInAsync(gateway, old)];
        await TestGateway.EventuallyAsync(() => authority.Asked > asked, "it is asked");
        Assert.DoesNotContain(callers, caller => caller.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAll(callers);

        await AssertComesInAsync(gateway, old);
        Assert.Equal(asked + 1, authority.Asked);

        authority.Instead = null;
        authority.Keys = [young];
        clock.Advance(TimeSpan.FromSeconds(30));
        await AssertRefusedAsync(gateway, old);
        await AssertComesInAsync(gateway, young);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":{}}""")]
    public async Task Nonsense_from_it_is_no_answer(string keys)
    {
        authority.Instead = context => context.Response.WriteAsync(keys);
        await using var gateway = await StartAsync("Gateway:Security:Jwt:KeysRefreshInterval=00:10:00");
        Assert.Equal("authority_unavailable", (await TokenGateway.AnswerAsync(gateway, Token(old)))!.Code);

        authority.Instead = null;
        clock.Advance(TimeSpan.FromSeconds(5));
        await AssertComesInAsync(gateway, old);

        // Nor does it withdraw a key.
        authority.Instead = context => context.Response.WriteAsync(keys);
        clock.Advance(TimeSpan.FromMinutes(11));
        await AssertComesInAsync(gateway, old);
    }

    [Theory]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"a","n":"!","e":"AQAB"}]}""")]
    public async Task Keys_that_can_not_be_used_let_nobody_in(string keys)
    {
        authority.Instead = context => context.Response.WriteAsync(keys);
        await using var gateway = await StartAsync();

        await AssertRefusedAsync(gateway, old);
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_hangs_leaves_nothing_behind()
    {
        var left = new TaskCompletionSource();
        authority.Instead = _ => left.Task;
        await using var gateway = await StartAsync();
        var caller = await RawClient.ConnectAsync(gateway.HttpUrl);
        await caller.SendAsync(
            System.Text.Encoding.ASCII.GetBytes(
                $"GET /ws/optimization HTTP/1.1\r\nHost: {gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {Token(old)}\r\n\r\n"
            )
        );
        await TestGateway.EventuallyAsync(() => authority.Asked > 0, "it asks for the keys");
        await caller.DisposeAsync();
        left.SetResult();
    }

    [Fact]
    public async Task An_authority_of_another_name_is_warned_of()
    {
        authority.Issuer = "https://other.test";
        await using var gateway = await StartAsync();
        await AssertComesInAsync(gateway, old);

        Assert.Contains(
            gateway.Log.GetSnapshot(),
            line => line.Level == LogLevel.Warning && line.Message.Contains("Gateway:Security:Jwt:Issuer", StringComparison.Ordinal)
        );
    }

    private Task<TestGateway> StartAsync(params string[] settings) =>
        TestGateway.StartAsync(backend.Url, clock, [$"Gateway:Security:Jwt:Authority={authority.Url}", .. JwtText.Settings, .. settings]);

    private string Token(TestKey key) => JwtText.Make(key, now: clock.GetUtcNow());

    private async Task AssertComesInAsync(TestGateway gateway, TestKey key)
    {
        await using var client = await TokenGateway.ConnectAsync(gateway, Token(key));
        Assert.Single(await client.SettleAsync());
    }

    private async Task AssertRefusedAsync(TestGateway gateway, TestKey key) =>
        Assert.Equal("unauthorized", (await TokenGateway.AnswerAsync(gateway, Token(key)))?.Code ?? "came in");

    private static Task Fail(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
