using System.Net.Sockets;
using System.Text;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>What systemd hears from the program (<c>Type=notify</c>), on a socket like its own.</summary>
public sealed class ServiceManagerTests
{
    [Fact]
    public async Task It_is_told_when_the_log_server_is_ready_and_when_it_stops()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        await using var server = await ChildLogServer.StartByAsync($"env NOTIFY_SOCKET={path} dotnet");

        Assert.Equal("READY=1", await HearAsync(systemd));
        server.Process.Send(Signal.Terminate);
        Assert.Equal("STOPPING=1", await HearAsync(systemd));
        Assert.Equal(0, await server.Process.ExitAsync(Deadline.Limit));
    }

    private static async Task<string> HearAsync(Socket socket)
    {
        var buffer = new byte[100];
        var read = await socket.ReceiveAsync(buffer, Deadline.Token);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
