using System.Runtime.CompilerServices;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// The fields 1 to 3 of an encoded message, which are all that the messages inside an event have. A field that has another wire type
/// than it is asked for is unknown to the generated parser, so it counts as absent.
/// </summary>
internal readonly ref struct SmallMessage
{
    private const int MostFields = 3;

    private readonly ReadOnlySpan<byte> message;

    /// <summary>The values at the fields' numbers. Of bytes it is the end of their place, and the start in the upper half.</summary>
    private readonly Values values;

    /// <summary>Four bits for each field, at its number: 0 if it is absent, or its wire type and 1.</summary>
    private readonly uint types;

    /// <param name="message">The encoded message.</param>
    /// <param name="isMapEntry">True for an entry of a map: see <see cref="WireReader"/>.</param>
    public SmallMessage(ReadOnlySpan<byte> message, bool isMapEntry = false)
    {
        this.message = message;
        IsPlain = true;
        var reader = new WireReader(message, isMapEntry);
        while (reader.Read())
        {
            if (reader.Field > MostFields)
            {
                continue;
            }

            if (TypeOf(reader.Field) != 0)
            {
                IsPlain = false;
            }
            else
            {
                types |= ((uint)reader.Type + 1) << (4 * reader.Field);
                values[reader.Field] =
                    reader.Type == WireType.Delimited
                        ? ((ulong)(uint)reader.Place.Start.Value << 32) | (uint)reader.Place.End.Value
                        : reader.Number;
            }
        }

        IsPlain &= !reader.IsMalformed;
    }

    /// <summary>True if the message is well-formed and none of the fields occurs again.</summary>
    public bool IsPlain { get; }

    /// <returns>False if the message doesn't have the field.</returns>
    public bool TryBytes(int field, out ReadOnlySpan<byte> bytes)
    {
        var isThere = Has(field, WireType.Delimited);
        bytes = isThere ? message[(int)(values[field] >> 32)..(int)(uint)values[field]] : default;
        return isThere;
    }

    /// <returns>The field's bytes; empty if the message doesn't have it.</returns>
    public ReadOnlySpan<byte> Bytes(int field) => TryBytes(field, out var bytes) ? bytes : default;

    /// <returns>The number; 0 if the message doesn't have it.</returns>
    public ulong Varint(int field) => Has(field, WireType.Varint) ? values[field] : 0;

    /// <returns>The number; 0 if the message doesn't have it.</returns>
    public double Double(int field) => Has(field, WireType.Fixed64) ? BitConverter.UInt64BitsToDouble(values[field]) : 0;

    private bool Has(int field, WireType type) => TypeOf(field) == (uint)type + 1;

    private uint TypeOf(int field) => (types >> (4 * field)) & 0xF;

    [InlineArray(MostFields + 1)]
    private struct Values
    {
        private ulong first;
    }
}
