using System.Runtime.CompilerServices;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// The fields 1 to 3 of an encoded message, which are all that the messages inside an event have. A field that has another wire type
/// than it is asked for is unknown to the generated parser, so it counts as absent.
/// </summary>
internal readonly ref struct SmallMessage
{
    private readonly ReadOnlySpan<byte> message;
    private readonly Slots slots;

    public SmallMessage(ReadOnlySpan<byte> message)
    {
        this.message = message;
        IsPlain = true;
        var reader = new WireReader(message);
        while (reader.Read())
        {
            if (reader.Field < Slots.Length)
            {
                IsPlain &= !slots[reader.Field].IsSet;
                slots[reader.Field] = new Slot(reader.Type, reader.Number, reader.Place);
            }
        }

        IsPlain &= !reader.IsMalformed;
    }

    /// <summary>True if the message is well-formed and none of the fields occurs again.</summary>
    public bool IsPlain { get; }

    /// <returns>False if the message doesn't have the field.</returns>
    public bool TryBytes(int field, out ReadOnlySpan<byte> bytes)
    {
        var isThere = slots[field].Is(WireType.Delimited);
        bytes = isThere ? message[slots[field].Place] : default;
        return isThere;
    }

    /// <returns>The field's bytes; empty if the message doesn't have it.</returns>
    public ReadOnlySpan<byte> Bytes(int field) => TryBytes(field, out var bytes) ? bytes : default;

    /// <returns>The number; 0 if the message doesn't have it.</returns>
    public ulong Varint(int field) => slots[field].Is(WireType.Varint) ? slots[field].Number : 0;

    /// <returns>The number; 0 if the message doesn't have it.</returns>
    public double Double(int field) => slots[field].Is(WireType.Fixed64) ? BitConverter.UInt64BitsToDouble(slots[field].Number) : 0;

    private readonly record struct Slot(WireType Type, ulong Number, Range Place)
    {
        public bool IsSet { get; } = true;

        public bool Is(WireType type) => IsSet && Type == type;
    }

    [InlineArray(Length)]
    private struct Slots
    {
        public const int Length = 4;

        private Slot first;
    }
}
