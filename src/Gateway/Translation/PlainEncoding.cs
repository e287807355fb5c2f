using System.Numerics;
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

    /// <summary>Up to this number of keys each is compared with each; above it, their hashes are.</summary>
    private const int FewKeys = 16;

    /// <summary>Above this number of keys the generated classes compare them, one event at a time: a set of them takes memory.</summary>
    private const int ManyKeys = 4096;

    private const ulong Payloads = 0b1_0000_0000_0000_0000_0000 | (0b111_1111UL << JobEvent.JobStartedFieldNumber);
    private const ulong Kinds = 0b111_1110;

    /// <summary>The messages that an event consists of.</summary>
    private enum Shape
    {
        /// <summary>A field without parts: a number.</summary>
        Number,
        Text,
        Time,
        Event,
        Struct,
        Entry,
        Value,
        List,
        Started,
        Iteration,
        PausedOrResumedOrCancelled,
        Completed,
        Failed,
        Custom,
    }

    /// <summary>Returns true if the event is well-formed and plain. The bytes of another one may still be an event.</summary>
    public static bool Is(ReadOnlySpan<byte> jobEvent) => Is(jobEvent, Shape.Event, depth: 0);

    private static bool Is(ReadOnlySpan<byte> bytes, Shape shape, int depth)
    {
        if (shape <= Shape.Text)
        {
            return shape == Shape.Number || Utf8.IsValid(bytes);
        }

        if (depth > MaxMessages)
        {
            return false;
        }

        var seen = 0UL;
        var repeated = 0;
        var reader = new WireReader(bytes);
        while (reader.Read())
        {
            if (PartOf(shape, ref reader) is not { } part)
            {
                continue;
            }

            if (shape is Shape.Struct or Shape.List)
            {
                repeated++;
            }
            else if ((seen & (1UL << reader.Field)) != 0)
            {
                return false;
            }

            seen |= 1UL << reader.Field;
            if (part != Shape.Number && !Is(reader.Bytes, part, depth + 1))
            {
                return false;
            }
        }

        return !reader.IsMalformed
            && shape switch
            {
                Shape.Event => BitOperations.PopCount(seen & Payloads) <= 1,
                Shape.Value => BitOperations.PopCount(seen & Kinds) <= 1,
                Shape.Struct => repeated < 2 || HasDistinctKeys(bytes, repeated),
                _ => true,
            };
    }

    /// <summary>The shape of the current field; null for a field that the message doesn't have, which every reader skips.</summary>
    private static Shape? PartOf(Shape shape, ref WireReader reader) =>
        (shape, reader.Type, reader.Field) switch
        {
            (Shape.Value, WireType.Fixed64, Value.NumberValueFieldNumber) => Shape.Number,
            (Shape.Value, WireType.Varint, Value.NullValueFieldNumber or Value.BoolValueFieldNumber) => Shape.Number,
            (Shape.Value, WireType.Delimited, Value.StringValueFieldNumber) => Shape.Text,
            (Shape.Value, WireType.Delimited, Value.StructValueFieldNumber) => Shape.Struct,
            (Shape.Value, WireType.Delimited, Value.ListValueFieldNumber) => Shape.List,
            (Shape.Struct, WireType.Delimited, Struct.FieldsFieldNumber) => Shape.Entry,
            (Shape.Entry, WireType.Delimited, StructEntry.Key) => Shape.Text,
            (Shape.Entry, WireType.Delimited, StructEntry.Value) => Shape.Value,
            (Shape.List, WireType.Delimited, ListValue.ValuesFieldNumber) => Shape.Value,
            (Shape.Event, WireType.Varint, JobEvent.IdFieldNumber or JobEvent.IterationFieldNumber) => Shape.Number,
            (Shape.Event, WireType.Varint, JobEvent.PreviousIdFieldNumber) => Shape.Number,
            (Shape.Event, WireType.Delimited, JobEvent.StageFieldNumber) => Shape.Text,
            (Shape.Event, WireType.Delimited, JobEvent.TimestampFieldNumber) => Shape.Time,
            (Shape.Event, WireType.Delimited, JobEvent.DetailsFieldNumber) => Shape.Struct,
            (Shape.Event, WireType.Delimited, JobEvent.JobStartedFieldNumber) => Shape.Started,
            (Shape.Event, WireType.Delimited, JobEvent.IterationCompletedFieldNumber) => Shape.Iteration,
            (Shape.Event, WireType.Delimited, JobEvent.JobPausedFieldNumber) => Shape.PausedOrResumedOrCancelled,
            (Shape.Event, WireType.Delimited, JobEvent.JobResumedFieldNumber) => Shape.PausedOrResumedOrCancelled,
            (Shape.Event, WireType.Delimited, JobEvent.JobCancelledFieldNumber) => Shape.PausedOrResumedOrCancelled,
            (Shape.Event, WireType.Delimited, JobEvent.JobCompletedFieldNumber) => Shape.Completed,
            (Shape.Event, WireType.Delimited, JobEvent.JobFailedFieldNumber) => Shape.Failed,
            (Shape.Event, WireType.Delimited, JobEvent.CustomFieldNumber) => Shape.Custom,
            (Shape.Time, WireType.Varint, Timestamp.SecondsFieldNumber or Timestamp.NanosFieldNumber) => Shape.Number,
            (Shape.Iteration, WireType.Fixed64, IterationCompleted.ScoreFieldNumber) => Shape.Number,
            (Shape.PausedOrResumedOrCancelled, WireType.Delimited, JobPaused.PausedAtFieldNumber) => Shape.Time,
            (Shape.PausedOrResumedOrCancelled, WireType.Varint, JobPaused.CurrentIterationFieldNumber) => Shape.Number,
            (Shape.Started, WireType.Delimited, JobStarted.PromptIdFieldNumber or JobStarted.DatasetIdFieldNumber) => Shape.Text,
            (Shape.Started, WireType.Delimited, JobStarted.ConfigFieldNumber) => Shape.Struct,
            (Shape.Completed, WireType.Delimited, JobCompleted.ResultPromptIdFieldNumber) => Shape.Text,
            (Shape.Completed, WireType.Fixed64, JobCompleted.FinalScoreFieldNumber) => Shape.Number,
            (Shape.Failed, WireType.Delimited, JobFailed.ErrorFieldNumber or JobFailed.ErrorStackFieldNumber) => Shape.Text,
            (Shape.Failed, WireType.Varint, JobFailed.WillRetryFieldNumber) => Shape.Number,
            (Shape.Custom, WireType.Delimited, CustomEvent.EventTypeFieldNumber) => Shape.Text,
            (Shape.Custom, WireType.Delimited, CustomEvent.DataFieldNumber) => Shape.Struct,
            _ => null,
        };

    private static bool HasDistinctKeys(ReadOnlySpan<byte> fields, int count)
    {
        if (count > ManyKeys)
        {
            return false;
        }

        var many = count > FewKeys ? new HashSet<int>(count) : null;
        var members = new StructMembers(fields);
        while (members.Read())
        {
            if (many is null ? IsInRest(members, members.Key) : !many.Add(HashOf(members.Key)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsInRest(StructMembers rest, ReadOnlySpan<byte> key)
    {
        while (rest.Read())
        {
            if (rest.Key.SequenceEqual(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Two keys with one hash count as the same one: the generated classes then find out that they aren't.</summary>
    private static int HashOf(ReadOnlySpan<byte> key)
    {
        var hash = new HashCode();
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}
