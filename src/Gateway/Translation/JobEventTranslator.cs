using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes an encoded <see cref="JobEvent"/> as the documented JSON object of PROTOCOL.md section 4: the only place that reads an event's
/// payload. It goes from bytes to bytes; only an encoding that isn't plain is parsed into objects. The JSON names no session, so that one
/// translation can serve many.
/// </summary>
internal sealed class JobEventTranslator(TranslationOptions? options = null)
{
    /// <summary>
    /// The largest JSON of an event, or twice the event's encoded size if that is more. An event of 4 MiB can exceed it only by control
    /// characters, which take six bytes each in JSON.
    /// </summary>
    private const int MaxJsonBytes = 16 * 1024 * 1024;

    /// <summary>Above this product the keys of a custom event's data and details are compared by the generated classes, which hash them.</summary>
    private const int MaxComparisons = 1024;

    /// <summary>The turn to parse an event into objects, which can take thirty times its bytes (a list of empty values).</summary>
    private static readonly Lock Turn = new();

    private readonly TranslationOptions options = options ?? new TranslationOptions();

    /// <summary>The timestamp of the event that was written last, in ticks of UTC.</summary>
    public long HappenedAt { get; private set; }

    /// <summary>The reason the last event can't be shown; null if it was written.</summary>
    public TranslationFault? Fault { get; private set; }

    /// <summary>Writes the event.</summary>
    /// <returns>False if the event can't be shown. The caller drops the bytes written so far.</returns>
    public bool TryWrite(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        var limit = Math.Max(MaxJsonBytes, 2L * encoded.Length);
        Fault =
            PlainEncoding.Is(encoded) && new EventFields(encoded) is var fields && HasFewKeys(fields) ? Write(fields, output, limit)
            : Normalise(encoded) is { } plain ? Write(new EventFields(plain), output, limit)
            : TranslationFault.Unreadable;
        return Fault is null;
    }

    private TranslationFault? Write(in EventFields fields, IBufferWriter<byte> output, long limit)
    {
        if (!fields.HasTimestamp || !JsonTimestamp.TryRead(fields.Timestamp, out var instant))
        {
            return TranslationFault.TimeOutOfRange;
        }

        HappenedAt = instant.Ticks;
        var json = new JsonOutput(output, limit);
        json.BeginObject();
        json.Name("\"id\":"u8);
        json.Number(fields.Id);
        json.Name("\"eventType\":"u8);
        json.Text(PayloadWriter.EventTypeOf(fields));
        json.Name("\"iteration\":"u8);
        json.Number(fields.Iteration);
        json.Name("\"stage\":"u8);
        json.Text(fields.Stage);
        json.Name("\"data\":"u8);
        json.BeginObject();
        var fault = PayloadWriter.Write(ref json, fields, instant, options);
        json.EndObject();
        json.Name("\"timestamp\":"u8);
        json.Timestamp(instant);
        json.EndObject();
        return json.Flush() ? fault : TranslationFault.JsonTooLarge;
    }

    private static bool HasFewKeys(in EventFields fields) =>
        fields.Kind != JobEvent.CustomFieldNumber
        || (long)Count(fields.Details) * Count(Fields.Bytes(fields.Payload, CustomEvent.DataFieldNumber)) <= MaxComparisons;

    private static int Count(ReadOnlySpan<byte> data)
    {
        var count = 0;
        for (var members = new StructMembers(data); members.Read(); )
        {
            count++;
        }

        return count;
    }

    /// <summary>Adds a custom event's details to its data, as the JSON has them.</summary>
    private static void MoveDetails(JobEvent jobEvent)
    {
        jobEvent.Custom.Data ??= new Struct();
        foreach (var (name, value) in jobEvent.Details?.Fields ?? [])
        {
            jobEvent.Custom.Data.Fields.TryAdd(name, value);
        }

        jobEvent.Details = null;
    }

    /// <summary>Encodes the event anew, without what occurs twice.</summary>
    /// <returns>The plain encoding; null if the bytes are no event.</returns>
    private static byte[]? Normalise(ReadOnlySpan<byte> encoded)
    {
        lock (Turn)
        {
            try
            {
                var jobEvent = Nesting.Parse(JobEvent.Parser, encoded);
                if (PayloadWriter.HasOwnName(jobEvent))
                {
                    MoveDetails(jobEvent);
                }

                return jobEvent.ToByteArray();
            }
            catch (InvalidProtocolBufferException)
            {
                return null;
            }
        }
    }
}
