using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace OptimizationGateway.Gateway.Tests.Translation;

/// <summary>Encodes what the generated classes would not.</summary>
internal static class Encoded
{
    public static byte[] Field(int number, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteLength(content.Length);
        }

        stream.Write(content);
        return stream.ToArray();
    }

    /// <summary>An event whose details nest so many levels. The generated classes would need a large stack to encode it.</summary>
    public static byte[] DeepDetails(int levels)
    {
        var length = 0;
        var parts = new Stack<byte[]>();
        for (var level = 0; level < levels; level++)
        {
            // The value in an entry with its key, the entry in an object, and the object in the next value or the event.
            Prepend([0x0A, 0x01, (byte)'x', 0x12]);
            Prepend([0x0A]);
            Prepend([0x2A]);
        }

        return [.. parts.SelectMany(part => part)];

        void Prepend(byte[] before)
        {
            using var stream = new MemoryStream();
            stream.Write(before);
            using (var output = new CodedOutputStream(stream, leaveOpen: true))
            {
                output.WriteLength(length);
            }

            parts.Push(stream.ToArray());
            length += (int)stream.Length;
        }
    }

    /// <summary>
    /// Each field of a message and of the messages inside it, with good and bad content and every wire type, alone and before each other
    /// field of its message.
    /// </summary>
    public static IEnumerable<byte[]> FieldsOf(MessageDescriptor type, HashSet<MessageDescriptor> seen)
    {
        if (!seen.Add(type))
        {
            yield break;
        }

        var fields = type.Fields.InFieldNumberOrder();
        var all = fields.SelectMany(field => Forms(field.FieldNumber)).ToArray();
        foreach (var one in all)
        {
            yield return one;
            foreach (var other in all)
            {
                yield return [.. one, .. other];
            }
        }

        foreach (var field in fields.Where(field => field.FieldType == FieldType.Message))
        {
            foreach (var inner in FieldsOf(field.MessageType, seen))
            {
                yield return Field(field.FieldNumber, inner);
            }
        }
    }

    private static IEnumerable<byte[]> Forms(int number)
    {
        foreach (byte[] content in new byte[][] { [], "a"u8.ToArray(), [0xFF], [0x0A, 0x01, 0xFF], [0x08, 0x01] })
        {
            yield return Field(number, content);
        }

        // The tag of a number below 16 has one byte, that of another one two.
        byte[] Tag(int type) =>
            number < 16 ? [(byte)((number << 3) | type)] : [(byte)(0x80 | ((number << 3) & 0x7F) | type), (byte)(number >> 4)];
        yield return [.. Tag(0), 0x07];
        yield return [.. Tag(1), 0, 0, 0, 0, 0, 0, 0, 0x80];
        yield return [.. Tag(5), 1, 2, 3, 4];
    }
}
