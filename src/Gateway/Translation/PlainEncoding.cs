using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Tells encodings that can be read in one pass from those that the generated classes have to read. Every encoder writes plain ones: each field
/// occurs once, each key of a map occurs once, a oneof has one member, and text is UTF-8. Protobuf also allows fields that occur again: the last
/// one counts, messages are merged, and keys are replaced.
/// </summary>
internal static class PlainEncoding
{
    /// <summary>A level of a <c>Struct</c> is three messages deep. What is deeper than allowed isn't plain, so the generated parser judges it.</summary>
    private const int MaxMessages = 3 * (Nesting.MaxLevels + 2);

    private const ulong Payloads =
        (1UL << JobEvent.CustomFieldNumber) | ((1UL << (JobEvent.JobCancelledFieldNumber + 1)) - (1UL << JobEvent.JobStartedFieldNumber));

    /// <summary>All fields of <c>Value</c>.</summary>
    private const ulong Kinds = ulong.MaxValue;

    /// <summary>The kinds of fields: without parts, text, or one of the messages that an event consists of.</summary>
    private enum Shape : byte
    {
        Unknown,
        Number,
        Text,
        Event,
        Time,
        Struct,
        Entry,
        Value,
        List,
        Started,
        Iteration,
        Moment,
        Completed,
        Failed,
        Custom,
    }

    /// <summary>The shape of the field with each tag below 256, for each message: at <c>message × 256 + tag</c>.</summary>
    private static readonly Shape[] Schema = Describe([
        (Shape.Event, JobEvent.IdFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Event, JobEvent.IterationFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Event, JobEvent.StageFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Event, JobEvent.TimestampFieldNumber, WireType.Delimited, Shape.Time),
        (Shape.Event, JobEvent.DetailsFieldNumber, WireType.Delimited, Shape.Struct),
        (Shape.Event, JobEvent.PreviousIdFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Event, JobEvent.JobStartedFieldNumber, WireType.Delimited, Shape.Started),
        (Shape.Event, JobEvent.IterationCompletedFieldNumber, WireType.Delimited, Shape.Iteration),
        (Shape.Event, JobEvent.JobPausedFieldNumber, WireType.Delimited, Shape.Moment),
        (Shape.Event, JobEvent.JobResumedFieldNumber, WireType.Delimited, Shape.Moment),
        (Shape.Event, JobEvent.JobCompletedFieldNumber, WireType.Delimited, Shape.Completed),
        (Shape.Event, JobEvent.JobFailedFieldNumber, WireType.Delimited, Shape.Failed),
        (Shape.Event, JobEvent.JobCancelledFieldNumber, WireType.Delimited, Shape.Moment),
        (Shape.Event, JobEvent.CustomFieldNumber, WireType.Delimited, Shape.Custom),
        (Shape.Time, Timestamp.SecondsFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Time, Timestamp.NanosFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Struct, Struct.FieldsFieldNumber, WireType.Delimited, Shape.Entry),
        (Shape.Entry, StructEntry.Key, WireType.Delimited, Shape.Text),
        (Shape.Entry, StructEntry.Value, WireType.Delimited, Shape.Value),
        (Shape.Value, Value.NullValueFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Value, Value.NumberValueFieldNumber, WireType.Fixed64, Shape.Number),
        (Shape.Value, Value.StringValueFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Value, Value.BoolValueFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Value, Value.StructValueFieldNumber, WireType.Delimited, Shape.Struct),
        (Shape.Value, Value.ListValueFieldNumber, WireType.Delimited, Shape.List),
        (Shape.List, ListValue.ValuesFieldNumber, WireType.Delimited, Shape.Value),
        (Shape.Started, JobStarted.PromptIdFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Started, JobStarted.DatasetIdFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Started, JobStarted.ConfigFieldNumber, WireType.Delimited, Shape.Struct),
        (Shape.Iteration, IterationCompleted.ScoreFieldNumber, WireType.Fixed64, Shape.Number),
        (Shape.Moment, JobPaused.PausedAtFieldNumber, WireType.Delimited, Shape.Time),
        (Shape.Moment, JobPaused.CurrentIterationFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Completed, JobCompleted.ResultPromptIdFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Completed, JobCompleted.FinalScoreFieldNumber, WireType.Fixed64, Shape.Number),
        (Shape.Failed, JobFailed.ErrorFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Failed, JobFailed.ErrorStackFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Failed, JobFailed.WillRetryFieldNumber, WireType.Varint, Shape.Number),
        (Shape.Custom, CustomEvent.EventTypeFieldNumber, WireType.Delimited, Shape.Text),
        (Shape.Custom, CustomEvent.DataFieldNumber, WireType.Delimited, Shape.Struct),
    ]);

    /// <summary>Returns true if the event is well-formed and plain. The bytes of another one may still be an event.</summary>
    public static bool Is(ReadOnlySpan<byte> jobEvent) => Is(jobEvent, Shape.Event, depth: 0);

    private static bool Is(ReadOnlySpan<byte> message, Shape shape, int depth)
    {
        if (depth > MaxMessages)
        {
            return false;
        }

        var seen = 0UL;
        var keys = new KeySet();
        var reader = new WireReader(message);
        while (reader.Read())
        {
            var part = ShapeOf(shape, reader.Tag);
            if (part == Shape.Unknown)
            {
                continue;
            }

            var field = 1UL << reader.Field;
            var isKnown = part switch
            {
                Shape.Number => true,
                Shape.Text => Utf8.IsValid(reader.Bytes),
                _ => Is(reader.Bytes, part, depth + 1),
            };
            var isNew = shape switch
            {
                Shape.List => true,
                Shape.Struct => isKnown && keys.TryAdd(Fields.Bytes(reader.Bytes, StructEntry.Key)),
                _ => (seen & field) == 0,
            };
            if (!isKnown || !isNew)
            {
                return false;
            }

            seen |= field;
        }

        var oneof =
            shape == Shape.Event ? Payloads
            : shape == Shape.Value ? Kinds
            : 0;
        return !reader.IsMalformed && BitOperations.PopCount(seen & oneof) <= 1;
    }

    private static Shape ShapeOf(Shape message, uint tag) => tag < 256 ? Schema[((int)message << 8) | (int)tag] : Shape.Unknown;

    private static Shape[] Describe(ReadOnlySpan<(Shape Message, int Field, WireType Type, Shape Shape)> fields)
    {
        var schema = new Shape[((int)Shape.Custom + 1) << 8];
        foreach (var (message, field, type, shape) in fields)
        {
            schema[((int)message << 8) | (field << 3) | (int)type] = shape;
        }

        return schema;
    }

    /// <summary>The keys of one object, by their hashes: two keys with one hash count as the same, and the generated classes then find that they aren't.</summary>
    private ref struct KeySet
    {
        /// <summary>Above this number the generated classes compare the keys, one event at a time: a set of them takes memory.</summary>
        private const int Most = 4096;

        private FewHashes few;
        private HashSet<int>? many;
        private int count;

        public bool TryAdd(ReadOnlySpan<byte> key)
        {
            var hashCode = new HashCode();
            hashCode.AddBytes(key);
            var hash = hashCode.ToHashCode();
            if (count < FewHashes.Length)
            {
                Span<int> hashes = few;
                var isNew = !hashes[..count].Contains(hash);
                hashes[count++] = hash;
                return isNew;
            }

            many ??= [.. (ReadOnlySpan<int>)few];
            return count++ < Most && many.Add(hash);
        }
    }

    [InlineArray(Length)]
    private struct FewHashes
    {
        public const int Length = 16;

        private int first;
    }
}
