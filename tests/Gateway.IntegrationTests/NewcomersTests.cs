using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>More newcomers than the gateway can serve at once: they wait for their turn.</summary>
public sealed class NewcomersTests
{
    /// <summary>Fewer than wait in the kernel, 4,096.</summary>
    private const int Crowd = 400;

    [Fact]
    public async Task Of_a_crowd_whose_requests_are_all_there_each_is_answered_and_none_is_closed_to_make_room()
    {
        var http = new Uri($"http://127.0.0.1:{ProgramProcess.FreePort()}");
        await using var gateway = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [
                $"--Urls={http}",
                "--Gateway:Backends:test:Address=http://127.0.0.1:1",
                "--Gateway:Limits:WaitingConnections=32",
                $"--Gateway:Limits:NewConnectionsPerSecond={10 * Crowd}",
            ],
            http
        );
        await gateway.StartAsync();

        // While it stands still, all of them connect and ask: whoever waits from now on waits for the gateway.
        gateway.Send(Signal.Stop);
        var (crowd, handshakes) = (new List<RawClient>(), new List<Task>());
        for (var i = 0; i < Crowd; i++)
        {
            crowd.Add(await RawClient.ConnectAsync(http));
            handshakes.Add(crowd[^1].ShakeHandsAsync());
        }

        gateway.Send(Signal.Continue);
        await Task.WhenAll(handshakes);

        Assert.DoesNotContain("too_many_waiting", gateway.Output, StringComparison.Ordinal);
        await Task.WhenAll(crowd.Select(client => client.DisposeAsync().AsTask()));
    }
}
