using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>What a caller brings is more than the backend takes: its own fault, and nobody else's outage.</summary>
public sealed class OversizedHeadersTests : IAsyncLifetime
{
    private const int Limit = 8 * 1024;

    private ScriptedBackend backend = null!;

    public async ValueTask InitializeAsync()
    {
        backend = await ScriptedBackend.StartAsync(maxHeaderBytes: Limit);
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
    }

    public ValueTask DisposeAsync() => backend.DisposeAsync();

    // A backend that has just been connected to answers 431 up to twice its limit, and closes the connection above that. One whose limit is known
    // is never asked.
    [Theory]
    [InlineData("token", 9_000, false)]
    [InlineData("token", 9_000, true)]
    [InlineData("header", 9_000, false)]
    [InlineData("header", 20_000, false)]
    [InlineData("header", 20_000, true)]
    public async Task A_call_with_more_headers_than_the_backend_takes_ends_and_marks_nobody(string what, int size, bool isKnown)
    {
        await using var gateway = await StartAsync();
        await using var honest = await gateway.ConnectAsync();
        if (isKnown)
        {
            await honest.SubscribeAsync("job-1", 0);
            await honest.NextAsync("subscribed");
        }

        await using var large = await ConnectAsync(gateway, what, size);
        await large.SubscribeAsync("job-2", 0);
        var error = await large.NextAsync("error");

        Assert.Equal(
            ("unauthorized", "not_opened", false),
            ((string?)error["code"], (string?)error["subscription"], (bool)error["retryable"]!)
        );
        Assert.Contains("larger than the job's backend takes", (string?)error["error"], StringComparison.Ordinal);
        var line = Assert.Single(Warnings(gateway));
        Assert.Matches(
            $"^Backend test: a call for job job-2 has {size / 1_000}[0-9]{{3}} bytes of headers, and the backend takes {Limit}\\.",
            line
        );
        var test = Assert.Single(gateway.Services.GetRequiredService<BackendRegistry>().All);
        Assert.False(test.IsTroubled);
        Assert.Equal(0, test.ReplicasAway);
        await honest.SubscribeAsync("job-3", 0);
        await honest.UntilAsync(message => (string?)message["jobId"] == "job-3" && (string?)message["type"] == "subscribed");
    }

    [Fact]
    public async Task A_one_off_replay_ends_too()
    {
        await using var gateway = await StartAsync();
        await using var large = await ConnectAsync(gateway, "token", 9_000);
        await large.SendAsync(new { type = "replay", jobId = "job-1" });

        Assert.Equal("unauthorized", (string?)(await large.NextAsync("error"))["code"]);
    }

    [Fact]
    public async Task Headers_of_the_gateway_s_own_are_its_operator_s_fault()
    {
        await using var gateway = await StartAsync($"Gateway:Backends:test:Metadata:x-key={new string('k', 9_000)}");
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);

        Assert.Equal("backend_error", (string?)(await client.NextAsync("error"))["code"]);
        Assert.Contains($"the backend takes {Limit}", Assert.Single(Warnings(gateway)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_reopened_at_a_backend_that_takes_less_ends()
    {
        var port = backend.Url.Port;
        await backend.DisposeAsync();
        var generous = await ScriptedBackend.StartAsync(port);
        generous.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Replay()));
        await using var gateway = await StartAsync();
        await using var large = await ConnectAsync(gateway, "header", 9_000);
        await large.SubscribeAsync("job-1", 0);
        await large.NextAsync("subscribed");

        await generous.DisposeAsync();
        backend = await ScriptedBackend.StartAsync(port, maxHeaderBytes: Limit);
        var messages = await large.UntilAsync("unsubscribed");

        Assert.Equal("failed", (string?)messages[^1]["reason"]);
        Assert.Equal(("unauthorized", "ended"), ((string?)messages[^2]["code"], (string?)messages[^2]["subscription"]));
    }

    private Task<TestGateway> StartAsync(params string[] settings) =>
        TestGateway.StartAsync(
            time: null,
            [
                $"Gateway:Backends:test:Address={backend.Url}",
                "Gateway:Backends:test:ForwardAuthorization=true",
                "Gateway:Backends:test:ForwardHeaders=X-Tenant",
                .. settings,
            ]
        );

    private static Task<TestClient> ConnectAsync(TestGateway gateway, string what, int size) =>
        TestClient.ConnectAsync(
            gateway.SocketUrl,
            options =>
                options.SetRequestHeader(
                    what == "token" ? "Authorization" : "X-Tenant",
                    (what == "token" ? "Bearer " : "") + new string('t', size)
                )
        );

    private static IReadOnlyList<string> Warnings(TestGateway gateway) =>
        [
            .. gateway
                .Log.GetSnapshot()
                .Where(line => line.Level >= LogLevel.Warning && line.Category == typeof(Backend).FullName)
                .Select(line => line.Message),
        ];
}
