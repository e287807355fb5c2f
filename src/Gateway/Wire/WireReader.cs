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

    /// <summary>The field's value if its wire type is varint.</summary>
    public ulong? Varint { get; private set; }

    /// <summary>The place of the field's bytes in the message if its wire type is length-delimited.</summary>
    public Range? Delimited { get; private set; }

    /// <summary>True if the bytes are no protobuf message. Then <see cref="Read"/> has returned false before the end.</summary>
    public bool IsMalformed { get; private set; }

    private readonly int Position => length - rest.Length;

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end, and at bytes that are no field.</returns>
    public bool Read()
    {
        Varint = null;
        Delimited = null;
        if (rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        IsMalformed = !TryReadField(depth: 0, out _);
        return !IsMalformed;
    }

    private bool TryReadField(int depth, out bool endsGroup)
    {
        endsGroup = false;
        if (!TryReadVarint(out var number))
        {
            return false;
        }

        // As the generated parser has it: of a tag longer than 32 bits the rest is dropped.
        var tag = (uint)number;
        Field = (int)(tag >> 3);
        if (Field == 0)
        {
            return false;
        }

        switch (tag & 7)
        {
            case 0:
                var isVarint = TryReadVarint(out var value);
                Varint = value;
                return isVarint;
            case 1:
                return TrySkip(sizeof(ulong));
            case 2:
                return TryReadDelimited();
            case 3:
                return TrySkipGroup(depth + 1);
            case 4:
                endsGroup = true;
                return depth > 0;
            case 5:
                return TrySkip(sizeof(uint));
            default:
                return false;
        }
    }

    private bool TryReadDelimited()
    {
        // Of a length, too, the generated parser drops what is beyond 32 bits.
        if (!TryReadVarint(out var number) || (uint)number > (uint)rest.Length)
        {
            return false;
        }

        var start = Position;
        rest = rest[(int)(uint)number..];
        Delimited = start..Position;
        return true;
    }

    private bool TrySkipGroup(int depth)
    {
        var group = Field;
        while (depth <= MaxGroupDepth && TryReadField(depth, out var endsGroup))
        {
            if (endsGroup)
            {
                var matches = Field == group;
                (Varint, Delimited) = (null, null);
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
