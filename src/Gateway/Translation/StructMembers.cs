using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>The field numbers of an entry of a map, which the generated classes don't name.</summary>
internal static class StructEntry
{
    public const int Key = 1;
    public const int Value = 2;
}

/// <summary>Walks the members of an encoded <see cref="Struct"/> whose encoding is plain.</summary>
internal ref struct StructMembers(ReadOnlySpan<byte> fields)
{
    private WireReader reader = new(fields);

    /// <summary>The member's name, valid UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The encoded <see cref="Google.Protobuf.WellKnownTypes.Value"/>; empty, which is <c>null</c>, if the entry has none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool Read()
    {
        while (reader.Read())
        {
            if (!reader.Is(Struct.FieldsFieldNumber, WireType.Delimited))
            {
                continue;
            }

            Key = default;
            Value = default;
            var entry = new WireReader(reader.Bytes);
            while (entry.Read())
            {
                if (entry.Is(StructEntry.Key, WireType.Delimited))
                {
                    Key = entry.Bytes;
                }
                else if (entry.Is(StructEntry.Value, WireType.Delimited))
                {
                    Value = entry.Bytes;
                }
            }

            return true;
        }

        return false;
    }
}
