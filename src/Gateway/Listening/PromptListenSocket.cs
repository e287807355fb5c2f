using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace OptimizationGateway.Gateway.Listening;

/// <summary>
/// Makes listening sockets whose connections wake their writer soon after the reader took something. By default Linux wakes a waiting
/// writer only once about a third of the send buffer is free, and it grows that to megabytes: a reader of 60 KB/s then looks for many
/// seconds as if it took nothing.
/// </summary>
internal static class PromptListenSocket
{
    private const int Tcp = 6;
    private const int NotSentLowAt = 25;
    private const int UnsentBytes = 16 * 1024;

    public static Socket Create(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (OperatingSystem.IsLinux() && endpoint is IPEndPoint)
        {
            // Inherited by the connections that are accepted. What is sent and not acknowledged isn't counted, so long fat links stay full.
            socket.SetRawSocketOption(Tcp, NotSentLowAt, BitConverter.GetBytes(UnsentBytes));
        }

        return socket;
    }
}
