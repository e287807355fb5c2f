using System.Text.Json.Nodes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Tests.BadInput;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>Callers with tokens: one claim for appending, another for watching.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private readonly KeyFolder keys = new();
    private LogServerRun run = null!;

    private LogServerClient Client => run.Client;

    public async ValueTask InitializeAsync()
    {
        var pem = keys.PemSetting[(keys.PemSetting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        run = await LogServerRun.StartAsync(
            clock: null,
            $"Auth:PublicKeyFile={pem}",
            $"Auth:Issuer={JwtText.Issuer}",
            $"Auth:Audience={JwtText.Audience}"
        );
        Client.Token = Token(append: "*", watch: "*");
        using var first = await Client.AppendAsync("mine-1", LogServerClient.Note);
        using var second = await Client.AppendAsync("theirs-1", LogServerClient.Note);
        Assert.Equal((204, 204), ((int)first.StatusCode, (int)second.StatusCode));
    }

    public async ValueTask DisposeAsync()
    {
        await run.DisposeAsync();
        keys.Dispose();
    }

    [Fact]
    public async Task A_producers_token_appends_to_its_jobs_and_watches_none()
    {
        Client.Token = Token(append: "mine-* also-*", watch: null);
        using var mine = await Client.AppendAsync("mine-1", LogServerClient.Note);
        using var end = await Client.SendAsync(HttpMethod.Head, "mine-1");
        using var theirs = await Client.AppendAsync("theirs-1", LogServerClient.Note);

        Assert.Equal((204, 200, 403), ((int)mine.StatusCode, (int)end.StatusCode, (int)theirs.StatusCode));
        Assert.Equal("forbidden", await CodeAsync(theirs));
        Assert.Equal(StatusCode.PermissionDenied, await WatchFaultAsync("mine-1"));
        Assert.Equal(StatusCode.PermissionDenied, await AppendFaultAsync("theirs-1"));
    }

    [Fact]
    public async Task A_viewers_token_watches_and_lists_its_jobs_and_appends_to_none()
    {
        Client.Token = Token(append: null, watch: "mine-*");
        using var append = await Client.AppendAsync("mine-1", LogServerClient.Note);
        using var put = await Client.SendAsync(HttpMethod.Put, "mine-2");
        var list = await Client.Jobs.ListJobsAsync(new ListJobsRequest(), Client.Headers, cancellationToken: Deadline.Token);

        Assert.Equal((403, 403), ((int)append.StatusCode, (int)put.StatusCode));
        Assert.Single(await Client.EventsAsync("mine-1"));
        Assert.Equal(StatusCode.PermissionDenied, await WatchFaultAsync("theirs-1"));
        Assert.Equal("mine-1", Assert.Single(list.Jobs).JobId);
        var hidden = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.Jobs.GetJobAsync(new GetJobRequest { JobId = "theirs-1" }, Client.Headers, cancellationToken: Deadline.Token)
        );
        Assert.Equal(StatusCode.PermissionDenied, hidden.StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_missing_or_wrong_is_refused()
    {
        using var strangers = TestKey.Rsa();
        (string? Token, string Code)[] rows =
        [
            (null, "token_missing"),
            ("x", "unauthorized"),
            (JwtText.Make(strangers, All), "unauthorized"),
            (JwtText.Make(keys.Rsa, claims => (claims["iss"], claims["append"]) = ("https://other.test", "*")), "unauthorized"),
            (JwtText.Make(keys.Rsa, claims => (claims["exp"], claims["append"]) = (1, "*")), "token_expired"),
        ];
        foreach (var (token, code) in rows)
        {
            Client.Token = token;
            using var refused = await Client.AppendAsync("mine-1", LogServerClient.Note);

            Assert.Equal(401, (int)refused.StatusCode);
            Assert.Equal(code, await CodeAsync(refused));
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal(StatusCode.Unauthenticated, await AppendFaultAsync("mine-1"));
            Assert.Equal(StatusCode.Unauthenticated, await WatchFaultAsync("mine-1"));
        }

        Client.Token = Token(append: null, watch: "*");
        Assert.Single(await Client.EventsAsync("mine-1"));
    }

    [Fact]
    public async Task A_refusal_names_this_programs_settings()
    {
        Client.Token = JwtText.Make(keys.Rsa, claims => claims["aud"] = "another");
        using var refused = await Client.AppendAsync("mine-1", LogServerClient.Note);
        var text = (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Deadline.Token))!["detail"];

        Assert.Equal("The token was refused: its audience isn't LogServer:Auth:Audience.", text);
    }

    private string Token(string? append, string? watch) =>
        JwtText.Make(
            keys.Rsa,
            claims =>
            {
                if (append is not null)
                {
                    claims["append"] = append;
                }

                if (watch is not null)
                {
                    claims["watch"] = new JsonArray(watch);
                }
            }
        );

    private static void All(JsonObject claims) => (claims["append"], claims["watch"]) = ("*", "*");

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Deadline.Token))!["code"];

    private async Task<StatusCode> WatchFaultAsync(string jobId) =>
        (await Assert.ThrowsAsync<RpcException>(() => Client.EventsAsync(jobId))).StatusCode;

    private async Task<StatusCode> AppendFaultAsync(string jobId) =>
        (
            await Assert.ThrowsAsync<RpcException>(async () =>
                await Client.Log.AppendEventsAsync(
                    new AppendEventsRequest { JobId = jobId, Events = { BadCall.Note() } },
                    Client.Headers,
                    cancellationToken: Deadline.Token
                )
            )
        ).StatusCode;
}
