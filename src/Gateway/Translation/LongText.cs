using System.Text.Json;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes strings in pieces. For one string the JSON writer takes room for the worst case, 30 bytes a character where one of them has to be
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

            // What is written is handed on piece by piece, so that its limit is noticed before the rest is written.
            json.Flush();
        }

        json.WriteStringValueSegment(rest, isFinalSegment: true);
    }

    /// <summary>Writes the name of a member. Names can't be written in pieces, so a long one has to be plain ASCII.</summary>
    /// <exception cref="BoundedOutput.TooLargeException">The name is long and isn't.</exception>
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
