using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Encodes an event anew so that it can be read in one pass: each field and each key once, a oneof with one member. It merges and replaces as
/// the generated classes do, but in linear time: of a oneof whose message occurs again they copy the first one each time. It reads the
/// bytes where they are, since objects can take a hundred times as much.
/// </summary>
internal sealed class PlainEncoding(byte[] encoded, WireWriter output)
{
    private bool isMalformed;

    /// <returns>False if the bytes are no event.</returns>
    public static bool TryEncode(ReadOnlySpan<byte> jobEvent, out ReadOnlySpan<byte> plain)
    {
        var output = new WireWriter();
        var encoding = new PlainEncoding(jobEvent.ToArray(), output);
        encoding.WriteMessage([0..jobEvent.Length], JobEvent.Descriptor, depth: 1);
        plain = output.Written;
        return !encoding.isMalformed;
    }

    /// <summary>Writes the content of a message.</summary>
    /// <param name="parts">The places of its parts. A message that occurs again is the same as its parts one after the other.</param>
    /// <param name="type">Its type.</param>
    /// <param name="depth">The number of messages that it is inside of, itself included.</param>
    private void WriteMessage(ReadOnlySpan<Range> parts, MessageDescriptor type, int depth)
    {
        isMalformed |= depth > Nesting.MaxMessages;
        if (type == Struct.Descriptor)
        {
            WriteStruct(parts, depth);
            return;
        }

        var fields = type.Fields.InDeclarationOrder();
        var found = new Occurrences[fields.Count];
        foreach (var part in parts)
        {
            var reader = new WireReader(encoded.AsSpan(part));
            while (!isMalformed && reader.Read())
            {
                var field = type.FindFieldByNumber(reader.Field);
                if (field is not null && TypeOf(field) == reader.Type)
                {
                    Add(found, field, reader.Number, Within(part, reader.Place), depth);
                }
            }

            isMalformed |= reader.IsMalformed;
        }

        for (var i = 0; i < found.Length; i++)
        {
            WriteField(fields[i], found[i], depth);
        }
    }

    private void Add(Occurrences[] found, FieldDescriptor field, ulong number, Range place, int depth)
    {
        if (field.IsRepeated)
        {
            WriteField(field, new Occurrences(number, place), depth);
            return;
        }

        if (field.FieldType == FieldType.String)
        {
            isMalformed |= !Utf8.IsValid(encoded.AsSpan(place));
        }

        foreach (var other in field.RealContainingOneof?.Fields ?? [])
        {
            if (other != field)
            {
                Drop(other, found[other.Index], depth);
                found[other.Index] = default;
            }
        }

        ref var occurrences = ref found[field.Index];
        if (field.FieldType == FieldType.Message && occurrences.IsSet)
        {
            occurrences.More ??= [occurrences.Place];
            occurrences.More.Add(place);
        }
        else
        {
            occurrences = new Occurrences(number, place);
        }
    }

    /// <summary>Writes an object's members: a key that occurs again keeps its place and gets its last value.</summary>
    private void WriteStruct(ReadOnlySpan<Range> parts, int depth)
    {
        var entries = new List<(Range Key, Occurrences Value)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var reader = new WireReader(encoded.AsSpan(part));
            while (!isMalformed && reader.Read())
            {
                if (!reader.Is(Struct.FieldsFieldNumber, WireType.Delimited))
                {
                    continue;
                }

                var entry = ReadEntry(Within(part, reader.Place), depth + 1);
                if (places.TryAdd(Encoding.Latin1.GetString(encoded.AsSpan(entry.Key)), entries.Count))
                {
                    entries.Add(entry);
                }
                else
                {
                    var place = places[Encoding.Latin1.GetString(encoded.AsSpan(entry.Key))];
                    Drop(StructEntry.ValueField, entries[place].Value, depth + 1);
                    entries[place] = entry;
                }
            }

            isMalformed |= reader.IsMalformed;
        }

        foreach (var (key, value) in entries)
        {
            var start = output.Begin(Struct.FieldsFieldNumber);
            WriteField(StructEntry.KeyField, new Occurrences(0, key), depth + 1);
            WriteField(StructEntry.ValueField, value, depth + 1);
            output.End(start);
        }
    }

    /// <summary>Reads an entry of a map. Unlike other messages its value isn't merged but replaced, if it occurs again.</summary>
    private (Range Key, Occurrences Value) ReadEntry(Range place, int depth)
    {
        isMalformed |= depth > Nesting.MaxMessages;
        Range key = default;
        Occurrences value = default;
        var reader = new WireReader(encoded.AsSpan(place), isMapEntry: true);
        while (!isMalformed && reader.Read())
        {
            if (reader.Is(StructEntry.Key, WireType.Delimited))
            {
                key = Within(place, reader.Place);
                isMalformed |= !Utf8.IsValid(reader.Bytes);
            }
            else if (reader.Is(StructEntry.Value, WireType.Delimited))
            {
                Drop(StructEntry.ValueField, value, depth);
                value = new Occurrences(0, Within(place, reader.Place));
            }
        }

        isMalformed |= reader.IsMalformed;
        return (key, value);
    }

    /// <summary>Drops a field that another one replaces. It must be readable nevertheless, so it is written and taken back.</summary>
    private void Drop(FieldDescriptor field, Occurrences occurrences, int depth)
    {
        var before = output.Length;
        WriteField(field, occurrences, depth);
        output.Truncate(before);
    }

    private void WriteField(FieldDescriptor field, Occurrences occurrences, int depth)
    {
        if (!occurrences.IsSet || isMalformed)
        {
            return;
        }

        switch (TypeOf(field))
        {
            case WireType.Varint:
                output.WriteVarint(field.FieldNumber, occurrences.Number);
                break;
            case WireType.Fixed64:
                output.WriteFixed64(field.FieldNumber, occurrences.Number);
                break;
            default:
                var start = output.Begin(field.FieldNumber);
                if (field.FieldType == FieldType.String)
                {
                    output.Write(encoded.AsSpan(occurrences.Place));
                }
                else
                {
                    ReadOnlySpan<Range> parts = occurrences.More is { } more ? CollectionsMarshal.AsSpan(more) : [occurrences.Place];
                    WriteMessage(parts, field.MessageType, depth + 1);
                }

                output.End(start);
                break;
        }
    }

    private static WireType TypeOf(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String or FieldType.Message => WireType.Delimited,
            FieldType.Double => WireType.Fixed64,
            _ => WireType.Varint,
        };

    private static Range Within(Range whole, Range part) => (whole.Start.Value + part.Start.Value)..(whole.Start.Value + part.End.Value);

    /// <summary>The part of a field that counts: its last number or text, or all parts of its message.</summary>
    private struct Occurrences(ulong number, Range place)
    {
        public readonly bool IsSet { get; } = true;

        public readonly ulong Number => number;

        public readonly Range Place => place;

        /// <summary>All parts, if there is more than one.</summary>
        public List<Range>? More { get; set; }
    }
}
