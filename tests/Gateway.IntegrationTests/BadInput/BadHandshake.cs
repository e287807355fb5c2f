using System.Text;
using OptimizationGateway.Gateway.Front;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <param name="Request">What is sent; <c>{host}</c> stands for the gateway's host and port. One character is one byte.</param>
/// <param name="Status">The status that is due.</param>
/// <param name="Detail">The exact detail of the problem+json; null where the server itself refuses, without a body.</param>
/// <param name="Header">A header that is due, as <c>Name: value</c>.</param>
/// <param name="Ends">Whether the connection ends with the answer; otherwise it has to go on working.</param>
internal sealed record BadHandshake(string Request, int Status, string? Detail = null, string? Header = null, bool Ends = false)
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    public byte[] Bytes(string host) => Encoding.Latin1.GetBytes(Request.Replace("{host}", host, StringComparison.Ordinal));

    /// <summary>A handshake that is good but for what is named. A header that is null is left out.</summary>
    public static string Handshake(
        string method = "GET",
        string path = "/ws/optimization",
        string version = "HTTP/1.1",
        string? host = "{host}",
        string? upgrade = "websocket",
        string? connection = "Upgrade",
        string? socketVersion = "13",
        string? key = Key,
        string more = "",
        string body = ""
    ) =>
        $"{method} {path} {version}\r\n{Line("Host", host)}{Line("Upgrade", upgrade)}{Line("Connection", connection)}"
        + $"{Line("Sec-WebSocket-Version", socketVersion)}{Line("Sec-WebSocket-Key", key)}{more}\r\n{body}";

    private static string Line(string name, string? value) => value is null ? "" : $"{name}: {value}\r\n";
}
