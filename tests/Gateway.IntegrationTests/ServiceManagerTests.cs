using System.Net.Sockets;
using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What systemd hears from the program (<c>Type=notify</c>), on a socket like its own; and how a roll-back starts.</summary>
public sealed class ServiceManagerTests
{
    [Fact]
    public async Task It_is_told_when_the_gateway_is_ready_and_when_it_stops()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-notify-");
        try
        {
            var path = Path.Combine(folder.FullName, "notify");
            using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            systemd.Bind(new UnixDomainSocketEndPoint(path));
            await using var gateway = new GatewayProcess(
                [$"NOTIFY_SOCKET={path}"],
                [
                    "--Gateway:Backends:test:Address=http://127.0.0.1:9",
                    "--Gateway:Compatibility:IgnoreUnknown=true",
                    "--Gateway:Later:On=true",
                ]
            );

            await gateway.Process.StartAsync();
            Assert.Equal("READY=1", await HearAsync(systemd));
            Assert.Contains("Gateway:Later is no setting.", gateway.Process.Output, StringComparison.Ordinal);

            gateway.Process.Send(Signal.Terminate);
            Assert.Equal("STOPPING=1", await HearAsync(systemd));
            Assert.Equal(0, await gateway.Process.ExitAsync(TestClient.Deadline));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> HearAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        var buffer = new byte[100];
        var read = await socket.ReceiveAsync(buffer, deadline.Token);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
