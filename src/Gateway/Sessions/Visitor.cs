using System.Net;
using System.Text;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>Who is at the other end of a connection, as far as that is known: for people who look, never for a decision.</summary>
/// <param name="ConnectionId">The connection's id, as in the log: of nothing else, though many share one TCP connection over HTTP/2.</param>
/// <param name="Address">Where it comes from; null where there is no address.</param>
/// <param name="Port">From which port.</param>
/// <param name="UserAgent">What it says it is: without control characters, and cut. Null where it says nothing.</param>
/// <param name="Origin">The page it belongs to; null where it names none.</param>
/// <param name="Name">Who the caller's token says it is; null where nobody is asked.</param>
internal sealed record Visitor(string ConnectionId, IPAddress? Address, int Port, string? UserAgent, string? Origin, string? Name)
{
    private const int LongestText = 256;

    public static Visitor Of(HttpContext context, string? name)
    {
        var (connection, headers) = (context.Connection, context.Request.Headers);
        var address = connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : connection.RemoteIpAddress;
        var id = HttpProtocol.IsHttp2(context.Request.Protocol) ? context.TraceIdentifier : connection.Id;
        return new Visitor(id, address, connection.RemotePort, Clean(headers.UserAgent), Clean(headers.Origin), Clean(name));
    }

    /// <summary>Text from outside as one can show it to people: without control characters, and not too long.</summary>
    /// <returns>Null where there is none.</returns>
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
