using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;

namespace OptimizationGateway.Gateway.Tests.Translation.Oracle;

/// <summary>
/// Writes a <see cref="Struct"/> as the JSON it stands for. Protobuf's own formatter is no help: it writes NaN as a string and throws on a
/// value that is unset.
/// </summary>
internal static class OracleStruct
{
    /// <returns>False if it nests too deep; the rest is then left out.</returns>
    public static bool TryWriteObject(Utf8JsonWriter json, Struct? value)
    {
        if (IsTooDeep(json))
        {
            return false;
        }

        json.WriteStartObject();
        var isWhole = TryWriteMembers(json, value);
        json.WriteEndObject();
        return isWhole;
    }

    /// <inheritdoc cref="TryWriteObject"/>
    public static bool TryWriteMembers(Utf8JsonWriter json, Struct? value)
    {
        if (value is null)
        {
            return true;
        }

        foreach (var (name, member) in value.Fields)
        {
            json.WritePropertyName(name);
            if (!TryWriteValue(json, member))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc cref="TryWriteObject"/>
    public static bool TryWriteValue(Utf8JsonWriter json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NumberValue:
                WriteNumber(json, value.NumberValue);
                break;
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                return TryWriteObject(json, value.StructValue);
            case Value.KindOneofCase.ListValue:
                return TryWriteArray(json, value.ListValue);
            default:
                json.WriteNullValue();
                break;
        }

        return true;
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

    private static bool TryWriteArray(Utf8JsonWriter json, ListValue list)
    {
        if (IsTooDeep(json))
        {
            return false;
        }

        json.WriteStartArray();
        var isWhole = true;
        foreach (var item in list.Values)
        {
            isWhole = isWhole && TryWriteValue(json, item);
        }

        json.WriteEndArray();
        return isWhole;
    }

    /// <summary>
    /// True if another level would be too deep. The event itself is one level, and its <c>data</c> is the first that counts.
    /// </summary>
    private static bool IsTooDeep(Utf8JsonWriter json) => json.CurrentDepth > Nesting.MaxLevels;
}
