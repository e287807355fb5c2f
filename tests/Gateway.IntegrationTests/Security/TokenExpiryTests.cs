using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>What happens at a token's expiry: PROTOCOL.md sections 7 and 9, by a fake clock.</summary>
public sealed class TokenExpiryTests : IAsyncLifetime
{
    private readonly Clock clock = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
    private readonly SharedLog log = new();
    private readonly KeyFolder keys = new();
    private ScriptedBackend backend = null!;
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync()
    {
        backend = await ScriptedBackend.StartAsync();
        backend.Always(log.ServeAsync);
        gateway = await TestGateway.StartAsync(backend.Url, clock, [keys.PemSetting, .. JwtText.Settings]);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        keys.Dispose();
    }

    [Fact]
    public async Task At_expiry_the_socket_closes_with_4401_and_a_fresh_token_goes_on_where_it_was()
    {
        log.Append(3);
        await using var first = await TokenGateway.ConnectAsync(gateway, Token(seconds: 60));
        await first.SubscribeAsync("job-1", afterEventId: 0);
        await first.UntilAsync("replay");
        clock.Advance(TimeSpan.FromSeconds(59.5));
        Assert.Single(await first.SettleAsync());

        clock.Advance(TimeSpan.FromSeconds(0.5));
        await first.ClosedAsync();
        Assert.Equal(4401, (int)first.CloseStatus!.Value);
        await TestGateway.EventuallyAsync(() => gateway.UpstreamStreams == 0, "the watch has ended");

        log.Append(2);
        await using var second = await TokenGateway.ConnectAsync(gateway, Token(seconds: 60));
        await second.SubscribeAsync("job-1", first.EventIds("job-1")[^1]);
        await second.UntilAsync("replay");
        Assert.Equal([1, 2, 3, 4, 5], [.. first.EventIds("job-1"), .. second.EventIds("job-1")]);
    }

    [Fact]
    public async Task After_expiry_no_event_is_sent_that_waits_for_a_reader()
    {
        await using var slow = await SlowClient.ConnectAsync(gateway.SocketUrl, token: Token(seconds: 5));
        backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                for (var id = 1; ; id++)
                {
                    var jobEvent = Say.Event(id);
                    jobEvent.Stage = new string('x', 10_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                }
            }
        );
        await slow.SendAsync("""{"type":"subscribe","jobId":"job-1"}""");
        await TestGateway.EventuallyAsync(() => gateway.QueuedBytes > 400_000, "the queue is full");

        // It isn't stuck yet; but no close frame gets past what the socket holds already, and after 2 s it is aborted.
        await clock.RunUntilAsync(() => gateway.QueuedBytes == 0, TimeSpan.FromSeconds(6), "nothing waits any more");
        var after = await clock.RunUntilAsync(() => gateway.Connections == 0, TimeSpan.FromSeconds(10), "the connection is gone");
        Assert.InRange(after, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public async Task A_token_of_a_year_is_watched_for_a_year()
    {
        await using var client = await TokenGateway.ConnectAsync(gateway, Token(seconds: 365 * 86400));
        for (var day = 0; day < 364; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(1, gateway.Connections);
        clock.Advance(TimeSpan.FromDays(1));
        await client.ClosedAsync();
        Assert.Equal(4401, (int)client.CloseStatus!.Value);
    }

    [Fact]
    public async Task Other_connections_live_on()
    {
        await using var brief = await TokenGateway.ConnectAsync(gateway, Token(seconds: 60));
        await using var longer = await TokenGateway.ConnectAsync(gateway, Token(seconds: 61));
        clock.Advance(TimeSpan.FromSeconds(60));
        await brief.ClosedAsync();

        Assert.Single(await longer.SettleAsync());
    }

    private string Token(int seconds) =>
        JwtText.Make(keys.Rsa, c => c["exp"] = clock.GetUtcNow().ToUnixTimeSeconds() + seconds, now: clock.GetUtcNow());
}
