using System.Buffers.Binary;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>
/// Walks the fields of one protobuf message without building it. The gateway needs few of them. It must also tell a message that doesn't
/// parse from a stream that broke, and the generated parser inside the gRPC client can't.
/// </summary>
/// <param name="message">The encoded message.</param>
/// <param name="isMapEntry">
/// True for an entry of a map. There the generated parser takes the wire types 6 and 7, which nobody sends, for unknown fields without a
/// value. Elsewhere they make a message malformed.
/// </param>
internal ref struct WireReader(ReadOnlySpan<byte> message, bool isMapEntry = false)
{
    private const int MaxGroupDepth = 100;

    private readonly ReadOnlySpan<byte> message = message;
    private int position;
    private int start;

    /// <summary>The field's number and wire type, as they are encoded.</summary>
    public uint Tag { get; private set; }

    /// <summary>The number of the field that <see cref="Read"/> came to.</summary>
    public readonly int Field => (int)(Tag >> 3);

    /// <summary>The field's wire type.</summary>
    public readonly WireType Type => (WireType)(Tag & 7);

    /// <summary>The field's value if its wire type is varint or fixed64.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's bytes if its wire type is length-delimited.</summary>
    public readonly ReadOnlySpan<byte> Bytes => message[start..position];

    /// <summary>The place of <see cref="Bytes"/> in the message.</summary>
    public readonly Range Place => start..position;

    /// <summary>True if the bytes are no protobuf message. Then <see cref="Read"/> has returned false before the end.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Returns true if the current field has this number and wire type; one of another type is unknown to the generated parser too.</summary>
    public readonly bool Is(int field, WireType type) => Field == field && Type == type;

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end, and at bytes that are no field.</returns>
    public bool Read()
    {
        if (position == message.Length || IsMalformed)
        {
            return false;
        }

        IsMalformed = !TryReadField(depth: 0);
        return !IsMalformed;
    }

    private bool TryReadField(int depth)
    {
        if (!TryReadVarint(out var tag))
        {
            return false;
        }

        // As the generated parser has it: of a tag longer than 32 bits the rest is dropped.
        Tag = (uint)tag;
        return Field != 0
            && Type switch
            {
                WireType.Varint => TryReadNumber(),
                WireType.Fixed64 => TryReadFixed64(),
                WireType.Delimited => TryReadDelimited(),
                WireType.GroupStart => TrySkipGroup(depth + 1),
                WireType.GroupEnd => depth > 0,
                WireType.Fixed32 => TrySkip(sizeof(uint)),
                _ => isMapEntry,
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
        var isThere = BinaryPrimitives.TryReadUInt64LittleEndian(message[position..], out var value);
        Number = value;
        position += isThere ? sizeof(ulong) : 0;
        return isThere;
    }

    private bool TryReadDelimited()
    {
        // Of a length, too, the generated parser drops what is beyond 32 bits.
        if (!TryReadVarint(out var number) || (uint)number > (uint)(message.Length - position))
        {
            return false;
        }

        start = position;
        position += (int)(uint)number;
        return true;
    }

    private bool TrySkipGroup(int depth)
    {
        var group = Tag;
        while (depth <= MaxGroupDepth && TryReadField(depth))
        {
            if (Type == WireType.GroupEnd)
            {
                var matches = Tag >> 3 == group >> 3;
                Tag = group;
                return matches;
            }
        }

        return false;
    }

    private bool TrySkip(int size)
    {
        if (size > message.Length - position)
        {
            return false;
        }

        position += size;
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        // Most tags, lengths and numbers have one byte.
        if (position < message.Length && message[position] < 0x80)
        {
            value = message[position++];
            return true;
        }

        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (position == message.Length)
            {
                return false;
            }

            var next = message[position++];
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
