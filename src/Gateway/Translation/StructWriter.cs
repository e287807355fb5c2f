using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes an encoded <see cref="Struct"/> as the JSON that it stands for, and refuses one that can't be read in one pass: a key or a
/// field occurs again, a value has two kinds, or the bytes are no <see cref="Struct"/>.
/// </summary>
internal static class StructWriter
{
    /// <summary>Writes the object.</summary>
    /// <param name="json">The output.</param>
    /// <param name="fields">The encoded <see cref="Struct"/>.</param>
    /// <param name="level">The object's level: 1 is an event's <c>data</c>.</param>
    public static void WriteObject(ref JsonOutput json, ReadOnlySpan<byte> fields, int level)
    {
        if (level > Nesting.MaxLevels)
        {
            json.Refuse(TranslationFault.NestedTooDeep);
            return;
        }

        var keys = new KeySet(json.IsChecked);
        json.Put("{"u8);
        WriteMembers(ref json, fields, level, ref keys);
        json.Put("}"u8);
    }

    /// <summary>Writes the members of an object.</summary>
    /// <inheritdoc cref="WriteObject"/>
    /// <param name="json">The output.</param>
    /// <param name="fields">The encoded <see cref="Struct"/>.</param>
    /// <param name="level">The object's level.</param>
    /// <param name="keys">The keys that the object has. A member that has one of them is refused.</param>
    /// <param name="taken">The names that the object has already. A member that has one of them is left out.</param>
    public static void WriteMembers(
        ref JsonOutput json,
        ReadOnlySpan<byte> fields,
        int level,
        ref KeySet keys,
        scoped ReadOnlySpan<byte[]> taken = default
    )
    {
        var reader = new WireReader(fields);
        while (reader.Read())
        {
            if (!reader.Is(Struct.FieldsFieldNumber, WireType.Delimited))
            {
                continue;
            }

            var entry = new SmallMessage(reader.Bytes, isMapEntry: true);
            var key = entry.Bytes(StructEntry.Key);
            var isNew = keys.TryAdd(key);
            if (!entry.IsPlain || (!isNew && !json.IsChecked))
            {
                json.Refuse(TranslationFault.Unreadable);
                return;
            }

            var isTaken = !isNew || Contains(taken, key);
            if (!isTaken || !json.IsChecked)
            {
                var before = json.Length;
                WriteMember(ref json, key, entry.Bytes(StructEntry.Value), level);
                if (isTaken)
                {
                    // To write it was the way to check it.
                    json.TakeBack(before);
                }
            }
        }

        RequireWhole(ref json, reader);
    }

    private static void WriteMember(ref JsonOutput json, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int level)
    {
        json.Separate();
        json.Text(key);
        json.Put(":"u8);
        WriteValue(ref json, value, level + 1);
    }

    /// <summary>Writes a value whose own objects and arrays are at this level.</summary>
    private static void WriteValue(ref JsonOutput json, ReadOnlySpan<byte> value, int level)
    {
        var kinds = 0;
        var reader = new WireReader(value);
        while (reader.Read())
        {
            kinds += TryWriteKind(ref json, reader, level) ? 1 : 0;
        }

        if (kinds == 0)
        {
            json.Put("null"u8);
        }
        else if (kinds > 1)
        {
            json.Refuse(TranslationFault.Unreadable);
        }

        RequireWhole(ref json, reader);
    }

    /// <returns>False if the field is no kind of value.</returns>
    private static bool TryWriteKind(ref JsonOutput json, in WireReader field, int level)
    {
        switch (field.Type, field.Field)
        {
            case (WireType.Delimited, Value.StringValueFieldNumber):
                json.Text(field.Bytes);
                return true;
            case (WireType.Fixed64, Value.NumberValueFieldNumber):
                json.Number(BitConverter.UInt64BitsToDouble(field.Number));
                return true;
            case (WireType.Varint, Value.BoolValueFieldNumber):
                json.Put(field.Number != 0 ? "true"u8 : "false"u8);
                return true;
            case (WireType.Varint, Value.NullValueFieldNumber):
                json.Put("null"u8);
                return true;
            case (WireType.Delimited, Value.StructValueFieldNumber):
                WriteObject(ref json, field.Bytes, level);
                return true;
            case (WireType.Delimited, Value.ListValueFieldNumber):
                WriteArray(ref json, field.Bytes, level);
                return true;
            default:
                return false;
        }
    }

    private static void WriteArray(ref JsonOutput json, ReadOnlySpan<byte> list, int level)
    {
        if (level > Nesting.MaxLevels)
        {
            json.Refuse(TranslationFault.NestedTooDeep);
            return;
        }

        json.Put("["u8);
        var reader = new WireReader(list);
        while (reader.Read())
        {
            if (reader.Is(ListValue.ValuesFieldNumber, WireType.Delimited))
            {
                json.Separate();
                WriteValue(ref json, reader.Bytes, level + 1);
            }
        }

        json.Put("]"u8);
        RequireWhole(ref json, reader);
    }

    private static void RequireWhole(ref JsonOutput json, in WireReader reader)
    {
        if (reader.IsMalformed)
        {
            json.Refuse(TranslationFault.Unreadable);
        }
    }

    private static bool Contains(scoped ReadOnlySpan<byte[]> names, ReadOnlySpan<byte> key)
    {
        foreach (var name in names)
        {
            if (key.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
