using System.Text.Json.Nodes;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>What a token allows its bearer: this gateway, and these jobs.</summary>
public sealed class PermissionsTests : IAsyncLifetime
{
    private readonly KeyFolder keys = new();
    private ScriptedBackend backend = null!;

    public async ValueTask InitializeAsync()
    {
        backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
    }

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        keys.Dispose();
    }

    [Theory]
    [InlineData("""["team-a-*","job-7"]""", "team-a-1 job-7", "team-b-1 job-77 team-a")]
    [InlineData("\"team-a-* job-7\"", "team-a-1 job-7", "team-b-1 job-77")]
    [InlineData("\"*\"", "anything", "")]
    [InlineData("""["a b",5,null,"\ud800"]""", "", "a b 5 null")]
    [InlineData("\"Team-*\"", "Team-1", "team-1")]
    [InlineData("""["[a-z]+","?"]""", "", "abc x")]
    [InlineData("[]", "", "job-1")]
    [InlineData("\"\"", "", "job-1")]
    [InlineData("true", "", "job-1 true")]
    [InlineData("""{"*":"*"}""", "", "job-1")]
    [InlineData(null, "", "job-1")]
    public async Task A_token_may_watch_the_jobs_that_its_claim_has_patterns_for(string? claim, string allowed, string denied)
    {
        await using var gateway = await StartAsync("Gateway:Security:Jwt:JobsClaim=jobs");
        await using var client = await TokenGateway.ConnectAsync(gateway, Token("jobs", claim));

        foreach (var job in allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await client.SubscribeAsync(job);
            Assert.Equal(job, (string?)(await client.NextAsync("subscribed"))["jobId"]);
        }

        foreach (var job in denied.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await client.SendAsync(
                new
                {
                    type = "subscribe",
                    jobId = job,
                    requestId = "s",
                }
            );
            await client.SendAsync(
                new
                {
                    type = "replay",
                    jobId = job,
                    requestId = "r",
                }
            );
            foreach (var (request, effect) in new[] { ("s", "not_opened"), ("r", "untouched") })
            {
                var error = (await client.UntilAsync("error"))[^1];
                Assert.Equal(
                    ("forbidden", job, request, effect),
                    ((string?)error["code"], (string?)error["jobId"], (string?)error["requestId"], (string?)error["subscription"])
                );
                Assert.Equal(request == "r", error["requested"] is not null);
                Assert.False((bool)error["retryable"]!);
            }
        }

        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, backend.Requests.Count);
    }

    [Fact]
    public async Task A_denied_job_costs_the_other_subscriptions_nothing()
    {
        await using var gateway = await StartAsync("Gateway:Security:Jwt:JobsClaim=jobs");
        await using var client = await TokenGateway.ConnectAsync(gateway, Token("jobs", "\"mine\""));
        await client.SubscribeAsync("mine");
        await client.NextAsync("subscribed");

        await client.SubscribeAsync("theirs");
        await client.NextAsync("error");
        Assert.Equal(1, gateway.UpstreamStreams);
        await client.SendAsync(new { type = "unsubscribe", jobId = "mine" });
        await client.UntilAsync("unsubscribed");
    }

    [Theory]
    [InlineData("\"openid optimization.watch\"", true)]
    [InlineData("""["optimization.watch"]""", true)]
    [InlineData("\"optimization.watching\"", false)]
    [InlineData("\"Optimization.Watch\"", false)]
    [InlineData("true", false)]
    [InlineData(null, false)]
    public async Task A_token_without_the_required_claim_may_not_use_this_gateway(string? claim, bool may)
    {
        await using var gateway = await StartAsync(
            "Gateway:Security:Jwt:RequiredClaim=scope",
            "Gateway:Security:Jwt:RequiredValue=optimization.watch"
        );
        var token = Token("scope", claim);
        var answer = await TokenGateway.AnswerAsync(gateway, token);

        if (may)
        {
            Assert.Null(answer);
            return;
        }

        Assert.Equal((403, "forbidden", "Bearer error=\"insufficient_scope\""), (answer!.Status, answer.Code, answer.Challenge));
        Assert.Equal(4503, (await TokenGateway.ClosedWithAsync(gateway, token)).Code);
    }

    private Task<TestGateway> StartAsync(params string[] settings) =>
        TestGateway.StartAsync(backend.Url, time: null, [keys.JwksSetting, .. JwtText.Settings, .. settings]);

    /// <param name="name">A claim's name.</param>
    /// <param name="value">Its JSON; null for a token without it.</param>
    private string Token(string name, string? value)
    {
        if (value is null)
        {
            return JwtText.Make(keys.Ec);
        }

        // As text, since half a surrogate pair would not survive a JSON library.
        var claims = new JsonObject
        {
            ["iss"] = JwtText.Issuer,
            ["aud"] = JwtText.Audience,
            ["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600,
        };
        return JwtText.Sign(
            $$"""{"alg":"ES256","kid":"{{keys.Ec.Id}}"}""",
            $"{claims.ToJsonString()[..^1]},\"{name}\":{value}}}",
            keys.Ec.Sign
        );
    }
}
