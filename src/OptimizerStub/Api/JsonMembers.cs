using System.Text.Json;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>Reads the members of one JSON object and remembers the first thing that is wrong, in words.</summary>
internal sealed class JsonMembers(JsonElement members, string path)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public string? Error { get; private set; }

    public int? Integer(string name, int min, int max)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind is JsonValueKind.Number && member.TryGetInt32(out var value) && value >= min && value <= max)
        {
            return value;
        }

        Error ??= $"{path}{name} must be a whole number from {min} to {max}.";
        return null;
    }

    public double? Number(string name, double min, double max)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind is JsonValueKind.Number && member.TryGetDouble(out var value) && value >= min && value <= max)
        {
            return value;
        }

        Error ??= $"{path}{name} must be a number from {min} to {max}.";
        return null;
    }

    /// <summary>A text that has to be there.</summary>
    public string Text(string name, int maxLength)
    {
        var text = Find(name) is { ValueKind: JsonValueKind.String } member ? WellFormed(member) : null;
        if (text is null || text.Length == 0 || text.Length > maxLength)
        {
            Error ??= $"{path}{name} is required: a text of 1 to {maxLength} characters.";
        }

        return text ?? "";
    }

    /// <summary>One of some words; it may be missing.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind is JsonValueKind.String && WellFormed(member) is { } word && words.Contains(word))
        {
            return word;
        }

        Error ??= $"{path}{name} must be one of: {string.Join(", ", words!)}.";
        return null;
    }

    /// <summary>An object that may be missing.</summary>
    public JsonElement? Object(string name)
    {
        var member = Find(name);
        if (member is { ValueKind: not JsonValueKind.Object })
        {
            Error ??= $"{path}{name} must be an object.";
            return null;
        }

        return member;
    }

    /// <summary>To be called last: names a member that nobody asked for, which is most often a typo of one that exists.</summary>
    public string? ErrorOrUnknown()
    {
        var unknown = members.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name));
        return Error
            ?? (unknown is null ? null : $"{path}{unknown} is not known. Allowed: {string.Join(", ", known.Select(name => path + name))}.");
    }

    // null says the same as nothing.
    private JsonElement? Find(string name)
    {
        known.Add(name);
        return members.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null ? member : null;
    }

    private static string? WellFormed(JsonElement member)
    {
        try
        {
            return member.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: JSON can write it, UTF-8 can't.
            return null;
        }
    }
}
