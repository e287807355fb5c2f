using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Encodes fields. A message's length is filled in at its end, so no message has to be measured before.</summary>
internal sealed class WireWriter
{
    /// <summary>The bytes for a length. A longer form than needed is a valid one.</summary>
    private const int LengthBytes = 5;

    private readonly List<byte> bytes = [];

    public ReadOnlySpan<byte> Written => CollectionsMarshal.AsSpan(bytes);

    public int Length => bytes.Count;

    /// <summary>Takes back what was written after this length.</summary>
    public void Truncate(int length) => CollectionsMarshal.SetCount(bytes, length);

    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, WireType.Varint);
        WriteVarint(value);
    }

    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, WireType.Fixed64);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        bytes.AddRange(number);
    }

    /// <summary>Begins a text or a message.</summary>
    /// <returns>The start of its content, for <see cref="End"/>.</returns>
    public int Begin(int field)
    {
        WriteTag(field, WireType.Delimited);
        bytes.AddRange([0x80, 0x80, 0x80, 0x80, 0x00]);
        return bytes.Count;
    }

    public void Write(ReadOnlySpan<byte> content) => bytes.AddRange(content);

    /// <summary>Ends what began at this place.</summary>
    public void End(int start)
    {
        var length = (uint)(bytes.Count - start);
        foreach (ref var place in CollectionsMarshal.AsSpan(bytes).Slice(start - LengthBytes, LengthBytes))
        {
            place |= (byte)(length & 0x7F);
            length >>= 7;
        }
    }

    private void WriteTag(int field, WireType type) => WriteVarint(((ulong)field << 3) | (ulong)type);

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}
