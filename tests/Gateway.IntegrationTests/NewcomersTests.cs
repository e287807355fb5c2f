using System.Net;
using System.Net.Sockets;
using System.Text;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>More newcomers than the gateway can serve at once: they wait for their turn.</summary>
public sealed class NewcomersTests
{
    /// <summary>Fewer than wait in the kernel, 4,096.</summary>
    private const int Crowd = 400;

    private const string Answer = "HTTP/1.1 101 ";

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
        var crowd = new List<Socket>();
        for (var i = 0; i < Crowd; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            crowd.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, http.Port, TestContext.Current.CancellationToken);
            await socket.SendAsync(Handshake(http), TestContext.Current.CancellationToken);
        }

        gateway.Send(Signal.Continue);
        var answers = await Task.WhenAll(crowd.Select(AnswerAsync));
        crowd.ForEach(socket => socket.Dispose());

        Assert.All(answers, answer => Assert.Equal(Answer, answer));
        Assert.DoesNotContain("too_many_waiting", gateway.Output, StringComparison.Ordinal);
    }

    private static byte[] Handshake(Uri gateway) =>
        Encoding.ASCII.GetBytes(
            $"GET /ws/optimization HTTP/1.1\r\nHost: {gateway.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );

    private static async Task<string> AnswerAsync(Socket socket)
    {
        var answer = new byte[Answer.Length];
        try
        {
            var read = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
            return Encoding.ASCII.GetString(answer, 0, read);
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }
}
