using System.Text.Json;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes long strings in pieces. For a string in one piece the JSON writer allocates for the worst case, 30 bytes a character if one of them is
/// escaped: 100 MB for an event of 4 MiB.
/// </summary>
internal static class LongText
{
    private const int PieceLength = 16 * 1024;

    public static void WriteString(Utf8JsonWriter json, ReadOnlySpan<byte> name, string value)
    {
        json.WritePropertyName(name);
        WriteValue(json, value);
    }

    public static void WriteValue(Utf8JsonWriter json, string value)
    {
        var rest = value.AsSpan();
        if (rest.Length <= PieceLength)
        {
            json.WriteStringValue(rest);
            return;
        }

        while (rest.Length > PieceLength)
        {
            json.WriteStringValueSegment(rest[..PieceLength], isFinalSegment: false);
            rest = rest[PieceLength..];

            // The output has a limit, and is to notice it before the rest is written.
            json.Flush();
        }

        json.WriteStringValueSegment(rest, isFinalSegment: true);
    }

    /// <summary>Writes the name of a member. The JSON writer takes no names in pieces, so a long one must be ASCII that needs no escapes.</summary>
    /// <exception cref="BoundedOutput.TooLargeException">The name is long, and isn't such ASCII.</exception>
    public static void WriteName(Utf8JsonWriter json, string name)
    {
        var text = name.AsSpan();
        if (text.Length > PieceLength && (text.ContainsAnyExceptInRange(' ', '~') || text.ContainsAny('"', '\\')))
        {
            throw new BoundedOutput.TooLargeException();
        }

        json.WritePropertyName(name);
    }
}
