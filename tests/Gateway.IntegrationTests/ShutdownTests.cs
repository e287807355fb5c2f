using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The program as its supervisor meets it: SIGTERM ends it, whatever clients do, and a second one ends it at once.</summary>
public sealed class ShutdownTests
{
    /// <summary>What a stuck reader costs at most (5 s for what waits, 5 s for the close handshake), and the same again for a busy machine.</summary>
    private static readonly TimeSpan Orderly = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task SIGTERM_closes_with_1012_and_exits_with_0_also_with_a_reader_that_takes_nothing()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await StartAsync(backend);
        await using var client = await TestClient.ConnectAsync(gateway.SocketUrl);
        await using var stuck = await StuckReaderAsync(gateway, backend);

        gateway.Process.Send(Signal.Terminate);

        await client.ClosedAsync();
        Assert.Equal(1012, (int?)client.CloseStatus);
        Assert.Equal(0, await gateway.Process.ExitAsync(Orderly));
        Assert.DoesNotContain("rror", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Signal.Terminate, Signal.Terminate)]
    [InlineData(Signal.Interrupt, Signal.Interrupt)]
    [InlineData(Signal.Terminate, Signal.Interrupt)]
    public async Task A_second_signal_ends_it_at_once(Signal first, Signal second)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await StartAsync(backend);
        await using var stuck = await StuckReaderAsync(gateway, backend);

        gateway.Process.Send(first);
        await TestGateway.EventuallyAsync(
            () => gateway.Process.Output.Contains("Closing connections", StringComparison.Ordinal),
            "it has heard"
        );
        gateway.Process.Send(second);

        // The stuck reader alone would hold it up for ten seconds.
        Assert.Equal(SecondSignal.ExitCode, await gateway.Process.ExitAsync(TimeSpan.FromSeconds(5)));
        Assert.Contains("second signal", gateway.Process.Output, StringComparison.Ordinal);
    }

    private static async Task<GatewayProcess> StartAsync(ScriptedBackend backend)
    {
        var gateway = new GatewayProcess($"--Gateway:Backends:test:Address={backend.Url}");
        await gateway.Process.StartAsync();
        return gateway;
    }

    private static async Task<SlowClient> StuckReaderAsync(GatewayProcess gateway, ScriptedBackend backend)
    {
        var written = 0L;
        backend.Next(
            async (_, stream, stopped) =>
            {
                await stream.WriteAsync(Say.Subscribed(last: 0), stopped);
                for (var id = 1; ; id++)
                {
                    var jobEvent = Say.Event(id);
                    jobEvent.Stage = new string('x', 10_000);
                    await stream.WriteAsync(Say.Live(jobEvent), stopped);
                    Interlocked.Increment(ref written);
                }
            }
        );
        var stuck = await SlowClient.ConnectAsync(gateway.SocketUrl);
        await stuck.SendAsync("""{"type":"subscribe","jobId":"job-1"}""");
        await TestGateway.EventuallyAsync(() => Interlocked.Read(ref written) > 40, "more waits than its socket takes");
        return stuck;
    }
}
