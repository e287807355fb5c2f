using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>Reads and writes what an event's <c>data</c> may hold of its own: any JSON, up to 128 levels deep.</summary>
internal static class StructJson
{
    /// <summary>Reads an object. The reader stands at its start, and then at its end.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="path">The object's path.</param>
    /// <param name="level">The object's level: 1 is <c>data</c>.</param>
    public static Struct ReadObject(ref Utf8JsonReader reader, string path, int level)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new EventJsonException($"{path} must be an object.");
        }

        var members = new Struct();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Add(members, ref reader, path, level);
        }

        return members;
    }

    /// <summary>Reads one member into an object. The reader stands at its name, and then at the end of its value.</summary>
    public static void Add(Struct members, ref Utf8JsonReader reader, string path, int level)
    {
        var name = JsonMember.Name(ref reader, path + ".");
        if (!members.Fields.TryAdd(name, ReadValue(ref reader, $"{path}.{name}", level)))
        {
            throw new EventJsonException($"{path}.{name} is there twice.");
        }
    }

    /// <summary>Writes the members of an object, but for those that have one of some names.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Struct? members, Func<string, bool> isTaken, int level)
    {
        foreach (var (name, value) in members?.Fields ?? [])
        {
            if (!isTaken(name))
            {
                json.WritePropertyName(name);
                WriteValue(json, value, level);
            }
        }
    }

    public static void WriteObject(Utf8JsonWriter json, Struct members, int level)
    {
        Check(level);
        json.WriteStartObject();
        WriteMembers(json, members, static _ => false, level);
        json.WriteEndObject();
    }

    private static Value ReadValue(ref Utf8JsonReader reader, string path, int level)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                CheckRead(path, level + 1);
                return new Value { StructValue = ReadObject(ref reader, path, level + 1) };
            case JsonTokenType.StartArray:
                CheckRead(path, level + 1);
                return new Value { ListValue = ReadArray(ref reader, path, level + 1) };
            case JsonTokenType.String:
                return new Value { StringValue = JsonMember.Text(ref reader, path) };
            case JsonTokenType.Number:
                return new Value { NumberValue = JsonMember.Number(ref reader, path) };
            case JsonTokenType.True or JsonTokenType.False:
                return new Value { BoolValue = reader.TokenType == JsonTokenType.True };
            default:
                return new Value { NullValue = NullValue.NullValue };
        }
    }

    private static ListValue ReadArray(ref Utf8JsonReader reader, string path, int level)
    {
        var list = new ListValue();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Values.Add(ReadValue(ref reader, $"{path}[{list.Values.Count}]", level));
        }

        return list;
    }

    private static void WriteValue(Utf8JsonWriter json, Value value, int level)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StructValue:
                WriteObject(json, value.StructValue, level + 1);
                break;
            case Value.KindOneofCase.ListValue:
                Check(level + 1);
                json.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    WriteValue(json, item, level + 1);
                }

                json.WriteEndArray();
                break;
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.NumberValue when double.IsFinite(value.NumberValue):
                json.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void CheckRead(string path, int level)
    {
        if (level > Nesting.MaxLevels)
        {
            // Not the whole path, which has as many parts as levels.
            throw new EventJsonException(
                $"{path[..path.IndexOf('.', StringComparison.Ordinal)]} nests deeper than {Nesting.MaxLevels} levels."
            );
        }
    }

    private static void Check(int level)
    {
        if (level > Nesting.MaxLevels)
        {
            throw new ArgumentException($"An event's data nests deeper than {Nesting.MaxLevels} levels.", nameof(level));
        }
    }
}
