using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes a <see cref="Struct"/> as the JSON it stands for. Protobuf's own formatter is no help: it writes NaN as a string and throws on a
/// value that is unset.
/// </summary>
internal static class StructWriter
{
    public static void WriteObject(Utf8JsonWriter json, Struct? value)
    {
        json.WriteStartObject();
        WriteMembers(json, value);
        json.WriteEndObject();
    }

    public static void WriteMembers(Utf8JsonWriter json, Struct? value)
    {
        if (value is null)
        {
            return;
        }

        foreach (var (name, member) in value.Fields)
        {
            LongText.WriteName(json, name);
            WriteValue(json, member);
        }
    }

    public static void WriteValue(Utf8JsonWriter json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NumberValue:
                WriteNumber(json, value.NumberValue);
                break;
            case Value.KindOneofCase.StringValue:
                LongText.WriteValue(json, value.StringValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                WriteObject(json, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                json.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>JSON has no NaN and no infinities.</summary>
    public static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
