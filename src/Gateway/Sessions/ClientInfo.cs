using System.Net;
using System.Text;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The client of a connection as it describes itself: for logs and operators, never for a decision.</summary>
/// <param name="ConnectionId">The connection's id, as in the log. It is unique even if many share one TCP connection over HTTP/2.</param>
/// <param name="Address">Its address; null if there is none.</param>
/// <param name="Port">Its port.</param>
/// <param name="UserAgent">Its <c>User-Agent</c>, without control characters, and cut; null if there is none.</param>
/// <param name="Origin">The page it belongs to; null if it names none.</param>
/// <param name="Name">The subject of its token; null if the gateway asks for none.</param>
/// <param name="Transport">The transport of the connection.</param>
internal sealed record ClientInfo(
    string ConnectionId,
    IPAddress? Address,
    int Port,
    string? UserAgent,
    string? Origin,
    string? Name,
    TransportKind Transport
)
{
    private const int LongestText = 256;

    public static ClientInfo Of(HttpContext context, string? name, TransportKind transport)
    {
        var (connection, headers) = (context.Connection, context.Request.Headers);
        var address = connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : connection.RemoteIpAddress;
        var id = HttpProtocol.IsHttp2(context.Request.Protocol) ? context.TraceIdentifier : connection.Id;
        return new ClientInfo(id, address, connection.RemotePort, Clean(headers.UserAgent), Clean(headers.Origin), Clean(name), transport);
    }

    /// <summary>Removes control characters from a client's text and cuts it, to be shown to people.</summary>
    /// <returns>The text; null if there is none.</returns>
    public static string? Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length <= LongestText && !text.Any(char.IsControl))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(rune => !Rune.IsControl(rune)))
        {
            if (clean.Length + rune.Utf16SequenceLength >= LongestText)
            {
                clean.Append('…');
                break;
            }

            clean.Append(rune);
        }

        return clean.ToString();
    }
}
