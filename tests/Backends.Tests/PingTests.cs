using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>Keepalive enforcement, on by default in two of three gRPC libraries, must not take a watcher for an attacker.</summary>
public sealed class PingTests
{
    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task A_watcher_that_pings_every_second_is_not_thrown_out(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language, heartbeat: 600);
        var job = await backend.StartJobAsync(iterations: 1, delayMs: 6_000);
        using var channel = backend.Open(
            new SocketsHttpHandler
            {
                KeepAlivePingDelay = TimeSpan.FromSeconds(1),
                KeepAlivePingTimeout = TestClient.Deadline,
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            }
        );
        using var watch = new OptimizerService.OptimizerServiceClient(channel).WatchJob(
            new() { JobId = job },
            cancellationToken: TestContext.Current.CancellationToken
        );

        // By default three pings too many end the connection, here within four seconds: the event after six would not come.
        var messages = await ExampleBackend.ReadAsync(watch);

        Assert.Equal([2, 3], messages.Skip(1).Select(m => m.Event.Id));
    }
}
