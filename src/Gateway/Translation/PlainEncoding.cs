using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Encodes an event anew so that it can be read in one pass: each field and each key once, a oneof with one member. Unlike the library it
/// measures no message before it is written, which would take time by depth times size, and it keeps a zero's sign.
/// </summary>
internal sealed class PlainEncoding(MemoryStream bytes)
{
    /// <summary>The bytes for a length, so that it can be filled in afterwards. A longer form than needed is a valid one.</summary>
    private const int LengthBytes = 5;
    private const int Key = 1;
    private const int Value = 2;

    /// <summary>Encodes the event.</summary>
    public static ReadOnlySpan<byte> Of(JobEvent jobEvent)
    {
        using var bytes = new MemoryStream();
        new PlainEncoding(bytes).WriteMessage(jobEvent);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }

    private void WriteMessage(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (!field.HasPresence || field.Accessor.HasValue(message))
            {
                WriteField(field.FieldNumber, field.Accessor.GetValue(message));
            }
        }
    }

    private void WriteField(int field, object value)
    {
        switch (value)
        {
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    var start = Begin(field);
                    WriteField(Key, entry.Key);
                    WriteField(Value, entry.Value!);
                    End(start);
                }

                break;
            case IList list:
                foreach (var item in list)
                {
                    WriteField(field, item);
                }

                break;
            case IMessage message:
                var messageStart = Begin(field);
                WriteMessage(message);
                End(messageStart);
                break;
            case string text:
                var textStart = Begin(field);
                bytes.Write(Encoding.UTF8.GetBytes(text));
                End(textStart);
                break;
            case double number:
                WriteTag(field, WireType.Fixed64);
                Span<byte> eight = stackalloc byte[sizeof(double)];
                BinaryPrimitives.WriteDoubleLittleEndian(eight, number);
                bytes.Write(eight);
                break;
            default:
                WriteTag(field, WireType.Varint);
                WriteVarint((ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private int Begin(int field)
    {
        WriteTag(field, WireType.Delimited);
        bytes.Write([0x80, 0x80, 0x80, 0x80, 0x00]);
        return (int)bytes.Position;
    }

    private void End(int start)
    {
        var length = (uint)(bytes.Position - start);
        var place = bytes.GetBuffer().AsSpan(start - LengthBytes, LengthBytes);
        for (var i = 0; i < LengthBytes; i++)
        {
            place[i] |= (byte)((length >> (7 * i)) & 0x7F);
        }
    }

    private void WriteTag(int field, WireType type) => WriteVarint(((ulong)field << 3) | (ulong)type);

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }

        bytes.WriteByte((byte)value);
    }
}
