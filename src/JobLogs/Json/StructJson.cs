using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>Reads and writes what an event's <c>data</c> may hold of its own: any JSON, up to 128 levels deep.</summary>
internal static class StructJson
{
    /// <summary>Reads an object. The reader stands at its start, and then at its end.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="level">The object's level: 1 is <c>data</c>.</param>
    public static Struct ReadObject(ref Utf8JsonReader reader, int level)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw EventJsonException.Of("must be an object.");
        }

        var members = new Struct();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Add(members, ref reader, level);
        }

        return members;
    }

    /// <summary>Reads one member into an object. The reader stands at its name, and then at the end of its value.</summary>
    public static void Add(Struct members, ref Utf8JsonReader reader, int level)
    {
        var name = JsonMember.Name(ref reader);
        try
        {
            if (!members.Fields.TryAdd(name, ReadValue(ref reader, level)))
            {
                throw EventJsonException.Of("is there twice.");
            }
        }
        catch (EventJsonException fault)
        {
            throw fault.In($".{name}");
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

    private static Value ReadValue(ref Utf8JsonReader reader, int level)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                CheckRead(level + 1);
                return new Value { StructValue = ReadObject(ref reader, level + 1) };
            case JsonTokenType.StartArray:
                CheckRead(level + 1);
                return new Value { ListValue = ReadArray(ref reader, level + 1) };
            case JsonTokenType.String:
                return new Value { StringValue = JsonMember.Text(ref reader) };
            case JsonTokenType.Number:
                return new Value { NumberValue = JsonMember.Number(ref reader) };
            case JsonTokenType.True or JsonTokenType.False:
                return new Value { BoolValue = reader.TokenType == JsonTokenType.True };
            default:
                return new Value { NullValue = NullValue.NullValue };
        }
    }

    private static ListValue ReadArray(ref Utf8JsonReader reader, int level)
    {
        var list = new ListValue();
        try
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                list.Values.Add(ReadValue(ref reader, level));
            }
        }
        catch (EventJsonException fault)
        {
            throw fault.In($"[{list.Values.Count}]");
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

    private static void CheckRead(int level)
    {
        if (level > Nesting.MaxLevels)
        {
            // Without the path, which has as many parts as levels.
            throw new EventJsonException($"data nests deeper than {Nesting.MaxLevels} levels.");
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
