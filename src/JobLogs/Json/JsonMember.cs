using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>Reads single values. Each fault names its member.</summary>
internal static class JsonMember
{
    /// <summary>Reads the name of a member, and moves to its value.</summary>
    /// <param name="reader">A reader at the name.</param>
    public static string Name(ref Utf8JsonReader reader)
    {
        var name = Decode(ref reader) ?? throw EventJsonException.Of("has a member whose name isn't well-formed text.");
        reader.Read();
        return name;
    }

    public static string Text(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && Decode(ref reader) is { } text
            ? text
            : throw EventJsonException.Of("must be a well-formed text.");

    public static int Count(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count >= 0
            ? count
            : throw EventJsonException.Of($"must be a whole number from 0 to {int.MaxValue}.");

    public static bool Flag(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? reader.TokenType == JsonTokenType.True
            : throw EventJsonException.Of("must be true or false.");

    /// <summary>Reads a score: NaN for null, which is how JSON has a score that isn't known.</summary>
    public static double Score(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN
        : reader.TokenType == JsonTokenType.Number ? Number(ref reader)
        : throw EventJsonException.Of("must be a number, or null if it isn't known.");

    public static double Number(ref Utf8JsonReader reader) =>
        reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw EventJsonException.Of("must be a number that a double can hold.");

    /// <summary>Reads a time with its offset from UTC.</summary>
    public static Timestamp Time(ref Utf8JsonReader reader)
    {
        // A time without an offset would be one of this machine's time zone.
        var isTime = reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out _) && HasOffset(reader.GetString()!);
        return isTime && reader.TryGetDateTimeOffset(out var time)
            ? Timestamp.FromDateTimeOffset(time)
            : throw EventJsonException.Of("must be a time such as 2026-01-31T12:00:00.000Z.");
    }

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);

    private static string? Decode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that aren't UTF-8.
            return null;
        }
    }
}
