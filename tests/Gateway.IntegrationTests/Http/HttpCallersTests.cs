using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>Who may read a job's events by HTTP: PROTOCOL.md sections 7 and 11.</summary>
public sealed class HttpCallersTests
{
    private const string Page = "https://app.example.com";

    [Theory]
    [InlineData("same-origin")]
    [InlineData("none")]
    public async Task A_page_of_the_same_origin_sends_no_origin_and_comes_in(string site)
    {
        await using var bridge = await OpenAsync();

        var answer = await bridge.GetAsync("", EventsBridge.Job, ("Sec-Fetch-Site", site));

        Assert.Equal((200, null), (answer.Status, answer["Access-Control-Allow-Origin"]));
    }

    [Fact]
    public async Task A_page_of_a_listed_origin_can_read_answers_and_their_headers()
    {
        await using var bridge = await OpenAsync($"Gateway:Security:AllowedOrigins={Page}");

        var answer = await bridge.GetAsync("", EventsBridge.Job, ("Origin", Page), ("Sec-Fetch-Site", "cross-site"));
        var bad = await bridge.GetAsync("?offset=5", EventsBridge.Job, ("Origin", Page));

        Assert.Equal((200, Page), (answer.Status, answer["Access-Control-Allow-Origin"]));
        Assert.Equal("Authorization, Origin", answer["Vary"]);
        foreach (var header in new[] { "Stream-Next-Offset", "Stream-Cursor", "Stream-Up-To-Date", "Stream-Closed", "ETag", "Retry-After" })
        {
            Assert.Contains(header, answer["Access-Control-Expose-Headers"]!.Split(", "));
        }

        Assert.Equal((400, Page), (bad.Status, bad["Access-Control-Allow-Origin"]));
        Assert.Null(answer["Access-Control-Allow-Credentials"]);
    }

    [Fact]
    public async Task A_preflight_is_answered_without_a_token()
    {
        using var keys = new KeyFolder();
        await using var bridge = await OpenAsync([$"Gateway:Security:AllowedOrigins={Page}", keys.PemSetting, .. JwtText.Settings]);

        var answer = await bridge.SendAsync(
            HttpMethod.Options,
            "?offset=-1",
            EventsBridge.Job,
            ("Origin", Page),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization")
        );

        Assert.Equal((204, Page), (answer.Status, answer["Access-Control-Allow-Origin"]));
        Assert.Contains("Authorization", answer["Access-Control-Allow-Headers"]!.Split(", "));
        Assert.Contains("GET", answer["Access-Control-Allow-Methods"]!.Split(", "));
        Assert.Empty(bridge.Backend.Requests);
    }

    [Fact]
    public async Task Options_names_the_methods()
    {
        await using var bridge = await OpenAsync();

        var answer = await bridge.SendAsync(HttpMethod.Options);

        Assert.Equal((204, "GET, HEAD, OPTIONS"), (answer.Status, answer["Allow"]));
    }

    [Fact]
    public async Task One_address_gets_as_many_places_as_for_sockets()
    {
        await using var bridge = await OpenAsync("Gateway:Limits:Connections=1");
        await using var reader = await bridge.StreamAsync("?offset=now&live=sse");

        var second = await bridge.GetAsync();
        var returning = await bridge.GetAsync("?offset=-1&live=sse", EventsBridge.Job, ("Last-Event-ID", EventsBridge.Offset(1)));

        Assert.Equal((503, "too_many_connections"), (second.Status, second.Code));
        Assert.NotNull(second["Retry-After"]);
        Assert.Equal(200, returning.Status);
        Assert.StartsWith("retry: ", returning.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_comes_in_the_header_and_in_the_query_only_where_that_is_enabled()
    {
        using var keys = new KeyFolder();
        await using var strict = await OpenAsync([keys.PemSetting, .. JwtText.Settings]);
        await using var lax = await OpenAsync([keys.PemSetting, "Gateway:Security:Jwt:AllowQueryToken=true", .. JwtText.Settings]);
        var token = JwtText.Make(keys.Rsa);

        var without = await strict.GetAsync("", EventsBridge.Job, ("Origin", $"http://{strict.Gateway.HttpUrl.Authority}"));
        Assert.Equal((401, "token_missing", "Bearer"), (without.Status, without.Code, without["WWW-Authenticate"]));
        Assert.Equal(200, (await strict.GetAsync("", EventsBridge.Job, ("Authorization", $"Bearer {token}"))).Status);
        Assert.Equal(401, (await strict.GetAsync("", EventsBridge.Job, ("Authorization", "Bearer x.y.z"))).Status);
        Assert.Equal(401, (await strict.GetAsync($"?access_token={token}")).Status);
        Assert.Equal(200, (await lax.GetAsync($"?offset=-1&access_token={token}")).Status);
        Assert.Empty(strict.Backend.Requests.Skip(1));
    }

    [Fact]
    public async Task A_token_that_allows_other_jobs_is_403()
    {
        using var keys = new KeyFolder();
        await using var bridge = await OpenAsync([keys.PemSetting, "Gateway:Security:Jwt:JobsClaim=jobs", .. JwtText.Settings]);
        var token = JwtText.Make(keys.Rsa, claims => claims["jobs"] = "team-a-*");

        var answer = await bridge.GetAsync("", EventsBridge.Job, ("Authorization", $"Bearer {token}"));

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
        Assert.Empty(bridge.Backend.Requests);
    }

    [Fact]
    public async Task At_a_tokens_expiry_a_stream_ends_and_says_why_and_a_long_poll_is_401()
    {
        var clock = new Clock(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        using var keys = new KeyFolder();
        await using var bridge = await EventsBridge.OpenAsync(clock, [keys.PemSetting, .. JwtText.Settings]);
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay()));
        var token = JwtText.Make(keys.Rsa, claims => claims["exp"] = clock.GetUtcNow().ToUnixTimeSeconds() + 5, now: clock.GetUtcNow());
        var authorization = ("Authorization", $"Bearer {token}");
        await using var reader = await bridge.StreamAsync($"?offset={EventsBridge.Offset(1)}&live=sse", authorization);
        await reader.ControlAsync();
        var waiting = bridge.GetAsync($"?offset={EventsBridge.Offset(1)}&live=long-poll", EventsBridge.Job, authorization);
        await TestGateway.EventuallyAsync(() => bridge.Gateway.Views().Count(view => view.Seat is not null) == 2, "both wait");

        clock.Advance(TimeSpan.FromSeconds(5));
        await reader.ToEndAsync();
        var answer = await waiting;

        Assert.Equal(("token_expired", false), ((string?)reader.Controls[^1]["code"], (bool)reader.Controls[^1]["retryable"]!));
        Assert.Equal((401, "token_expired"), (answer.Status, answer.Code));
    }

    private static async Task<EventsBridge> OpenAsync(params string[] settings)
    {
        var bridge = await EventsBridge.OpenAsync(clock: null, settings);
        bridge.Backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Event(1))));
        return bridge;
    }
}
