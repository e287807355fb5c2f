using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Writes an encoded <see cref="Struct"/> as the JSON that it stands for. Its encoding must be plain.</summary>
internal static class StructWriter
{
    /// <summary>Writes the object.</summary>
    /// <param name="json">The output.</param>
    /// <param name="fields">The encoded <see cref="Struct"/>.</param>
    /// <param name="level">The object's level: 1 is an event's <c>data</c>.</param>
    /// <returns>False if it nests too deep; the rest is then left out.</returns>
    public static bool TryWriteObject(ref JsonOutput json, ReadOnlySpan<byte> fields, int level)
    {
        if (level > Nesting.MaxLevels)
        {
            return false;
        }

        json.BeginObject();
        var isWhole = TryWriteMembers(ref json, fields, level);
        json.EndObject();
        return isWhole;
    }

    /// <summary>Writes the members of an object at this level.</summary>
    /// <inheritdoc cref="TryWriteObject"/>
    public static bool TryWriteMembers(ref JsonOutput json, ReadOnlySpan<byte> fields, int level)
    {
        var members = new StructMembers(fields);
        while (members.Read())
        {
            json.AnyName(members.Key);
            if (!TryWriteValue(ref json, members.Value, level + 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a value whose own objects and arrays are at this level.</summary>
    /// <inheritdoc cref="TryWriteObject"/>
    public static bool TryWriteValue(ref JsonOutput json, ReadOnlySpan<byte> value, int level)
    {
        var reader = new WireReader(value);
        while (reader.Read())
        {
            switch (reader.Type, reader.Field)
            {
                case (WireType.Delimited, Value.StringValueFieldNumber):
                    json.Text(reader.Bytes);
                    return true;
                case (WireType.Fixed64, Value.NumberValueFieldNumber):
                    json.Number(BitConverter.UInt64BitsToDouble(reader.Number));
                    return true;
                case (WireType.Varint, Value.BoolValueFieldNumber):
                    json.Put(reader.Number != 0 ? "true"u8 : "false"u8);
                    return true;
                case (WireType.Delimited, Value.StructValueFieldNumber):
                    return TryWriteObject(ref json, reader.Bytes, level);
                case (WireType.Delimited, Value.ListValueFieldNumber):
                    return TryWriteArray(ref json, reader.Bytes, level);
            }
        }

        json.Put("null"u8);
        return true;
    }

    private static bool TryWriteArray(ref JsonOutput json, ReadOnlySpan<byte> list, int level)
    {
        if (level > Nesting.MaxLevels)
        {
            return false;
        }

        json.BeginArray();
        var reader = new WireReader(list);
        while (reader.Read())
        {
            if (reader.Is(ListValue.ValuesFieldNumber, WireType.Delimited))
            {
                json.Item();
                if (!TryWriteValue(ref json, reader.Bytes, level + 1))
                {
                    return false;
                }
            }
        }

        json.EndArray();
        return true;
    }
}
