using System.Buffers.Binary;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>
/// Walks the fields of one protobuf message without building it. The gateway needs few of them. It must also tell a message that doesn't
/// parse from a stream that broke, and the generated parser inside the gRPC client can't.
/// </summary>
internal ref struct WireReader
{
    private const int MaxGroupDepth = 100;

    private readonly int length;
    private ReadOnlySpan<byte> rest;

    public WireReader(ReadOnlySpan<byte> bytes)
    {
        length = bytes.Length;
        rest = bytes;
    }

    /// <summary>The number of the field that <see cref="Read"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>The field's wire type.</summary>
    public WireType Type { get; private set; }

    /// <summary>The field's value if its wire type is varint or fixed64.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's bytes if its wire type is length-delimited.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The place of <see cref="Bytes"/> in the message.</summary>
    public readonly Range Place => (Position - Bytes.Length)..Position;

    /// <summary>True if the bytes are no protobuf message. Then <see cref="Read"/> has returned false before the end.</summary>
    public bool IsMalformed { get; private set; }

    private readonly int Position => length - rest.Length;

    /// <summary>Returns true if the current field has this number and wire type; one of another type is unknown to the generated parser too.</summary>
    public readonly bool Is(int field, WireType type) => Field == field && Type == type;

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end, and at bytes that are no field.</returns>
    public bool Read()
    {
        if (rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        IsMalformed = !TryReadField(depth: 0);
        return !IsMalformed;
    }

    private bool TryReadField(int depth)
    {
        if (!TryReadVarint(out var number))
        {
            return false;
        }

        // As the generated parser has it: of a tag longer than 32 bits the rest is dropped.
        var tag = (uint)number;
        Field = (int)(tag >> 3);
        Type = (WireType)(tag & 7);
        return Field != 0
            && Type switch
            {
                WireType.Varint => TryReadNumber(),
                WireType.Fixed64 => TryReadFixed64(),
                WireType.Delimited => TryReadDelimited(),
                WireType.GroupStart => TrySkipGroup(depth + 1),
                WireType.GroupEnd => depth > 0,
                WireType.Fixed32 => TrySkip(sizeof(uint)),
                _ => false,
            };
    }

    private bool TryReadNumber()
    {
        var isVarint = TryReadVarint(out var value);
        Number = value;
        return isVarint;
    }

    private bool TryReadFixed64()
    {
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(rest, out var value))
        {
            return false;
        }

        Number = value;
        rest = rest[sizeof(ulong)..];
        return true;
    }

    private bool TryReadDelimited()
    {
        // Of a length, too, the generated parser drops what is beyond 32 bits.
        if (!TryReadVarint(out var number) || (uint)number > (uint)rest.Length)
        {
            return false;
        }

        Bytes = rest[..(int)(uint)number];
        rest = rest[(int)(uint)number..];
        return true;
    }

    private bool TrySkipGroup(int depth)
    {
        var group = Field;
        while (depth <= MaxGroupDepth && TryReadField(depth))
        {
            if (Type == WireType.GroupEnd)
            {
                var matches = Field == group;
                Type = WireType.GroupStart;
                return matches;
            }
        }

        return false;
    }

    private bool TrySkip(int size)
    {
        if (size > rest.Length)
        {
            return false;
        }

        rest = rest[size..];
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        // Most tags, lengths and numbers have one byte.
        if (!rest.IsEmpty && rest[0] < 0x80)
        {
            value = rest[0];
            rest = rest[1..];
            return true;
        }

        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (rest.IsEmpty)
            {
                return false;
            }

            var next = rest[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The wire types of protobuf's encoding.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Delimited = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
}
