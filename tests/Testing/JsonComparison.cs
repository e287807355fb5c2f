using System.Text.Json;

namespace OptimizationGateway.Testing;

/// <summary>
/// Compares JSON as a client would see it. Strings by value, whatever was escaped; numbers by value, except
/// that one written as plain digits must be plain digits (an id is never 1E+15, a whole score never 1.0);
/// no member twice. The order of members counts for the outermost two levels: a message and its event, or
/// an event and its data.
/// </summary>
public static class JsonComparison
{
    private const int OrderedLevels = 2;

    /// <summary>The first difference, as a path and a sentence; null where there is none.</summary>
    public static string? Difference(string expected, string actual)
    {
        using var expectedDocument = JsonDocument.Parse(expected);
        using var actualDocument = JsonDocument.Parse(actual);
        return Difference("$", expectedDocument.RootElement, actualDocument.RootElement, level: 0);
    }

    private static string? Difference(string path, JsonElement expected, JsonElement actual, int level)
    {
        if (expected.ValueKind != actual.ValueKind)
        {
            return $"{path}: expected {expected.GetRawText()}, got {actual.GetRawText()}";
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Object => ObjectDifference(path, expected, actual, level),
            JsonValueKind.Array => ArrayDifference(path, expected, actual, level),
            JsonValueKind.String when expected.GetString() != actual.GetString() =>
                $"{path}: expected {expected.GetRawText()}, got {actual.GetRawText()}",
            JsonValueKind.Number => NumberDifference(path, expected, actual),
            _ => null,
        };
    }

    private static string? ObjectDifference(string path, JsonElement expected, JsonElement actual, int level)
    {
        var expectedNames = expected.EnumerateObject().Select(member => member.Name).ToList();
        var actualNames = actual.EnumerateObject().Select(member => member.Name).ToList();
        if (level >= OrderedLevels)
        {
            expectedNames.Sort(StringComparer.Ordinal);
            actualNames.Sort(StringComparer.Ordinal);
        }

        if (!expectedNames.SequenceEqual(actualNames, StringComparer.Ordinal))
        {
            return $"{path}: expected the members [{string.Join(", ", expectedNames)}], got [{string.Join(", ", actualNames)}]";
        }

        return expectedNames
            .Select(name => Difference($"{path}.{name}", expected.GetProperty(name), actual.GetProperty(name), level + 1))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string? ArrayDifference(string path, JsonElement expected, JsonElement actual, int level)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
        {
            return $"{path}: expected {expected.GetArrayLength()} elements, got {actual.GetArrayLength()}";
        }

        return expected
            .EnumerateArray()
            .Zip(actual.EnumerateArray())
            .Select((pair, index) => Difference($"{path}[{index}]", pair.First, pair.Second, level))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string? NumberDifference(string path, JsonElement expected, JsonElement actual)
    {
        var (expectedText, actualText) = (expected.GetRawText(), actual.GetRawText());
        var plain = expectedText.All(c => char.IsAsciiDigit(c) || c == '-');
        var same = plain ? expectedText == actualText : expected.GetDouble().Equals(actual.GetDouble());
        return same ? null : $"{path}: expected {expectedText}, got {actualText}";
    }
}
