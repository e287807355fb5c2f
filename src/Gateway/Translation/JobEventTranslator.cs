using System.Buffers;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes an encoded <see cref="JobEvent"/> as the documented JSON object of PROTOCOL.md section 4: the only place that reads an event's
/// payload. It goes from bytes to bytes in one pass. An event that can't be read so is first encoded anew. The JSON names no session, so
/// that one translation can serve many.
/// </summary>
internal sealed class JobEventTranslator(TranslationOptions? options = null)
{
    /// <summary>
    /// The largest JSON of an event, or three times the event's encoded size if that is more. Nothing but control characters, which take
    /// six bytes each in JSON, makes an event larger than three times its size.
    /// </summary>
    private const int MaxJsonBytes = 16 * 1024 * 1024;

    /// <summary>More than the JSON of an event has besides what the event says: names, numbers, timestamps.</summary>
    private const int FrameBytes = 384;

    private readonly TranslationOptions options = options ?? new TranslationOptions();

    /// <summary>The timestamp of the event that was written last, in ticks of UTC.</summary>
    public long HappenedAt { get; private set; }

    /// <summary>The reason the last event can't be shown; null if it was written.</summary>
    public TranslationFault? Fault { get; private set; }

    /// <summary>Writes the event.</summary>
    /// <returns>False if the event can't be shown. Then nothing was written.</returns>
    public bool TryWrite(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        Fault = Write(encoded, encoded.Length, isChecked: false, output);
        if (Fault is not null)
        {
            Fault = PlainEncoding.TryEncode(encoded, out var plain)
                ? Write(plain, encoded.Length, isChecked: true, output)
                : TranslationFault.Unreadable;
        }

        return Fault is null;
    }

    private TranslationFault? Write(ReadOnlySpan<byte> jobEvent, int size, bool isChecked, IBufferWriter<byte> output)
    {
        var limit = Math.Min(Array.MaxLength, Math.Max(MaxJsonBytes, (3L * size) + FrameBytes));
        var usual = (3L * size / 2) + FrameBytes;
        var most = (6L * size) + FrameBytes;
        var fault = Write(jobEvent, isChecked, output, (int)Math.Min(limit, usual));
        return fault == TranslationFault.JsonTooLarge ? Write(jobEvent, isChecked, output, (int)Math.Min(limit, most)) : fault;
    }

    private TranslationFault? Write(ReadOnlySpan<byte> jobEvent, bool isChecked, IBufferWriter<byte> output, int most)
    {
        var json = new JsonOutput(output.GetSpan(most)[..most], isChecked);
        Write(ref json, jobEvent);
        if (json.Fault is null)
        {
            output.Advance(json.Length);
        }

        return json.Fault;
    }

    private void Write(ref JsonOutput json, ReadOnlySpan<byte> jobEvent)
    {
        var fields = new EventFields(jobEvent);
        var payload = new SmallMessage(fields.Payload);
        var fault = JsonTimestamp.Read(fields.Timestamp, out var instant);
        if (!fields.IsPlain || !payload.IsPlain)
        {
            json.Refuse(TranslationFault.Unreadable);
            return;
        }

        if (fault is not null || !fields.HasTimestamp)
        {
            json.Refuse(fault ?? TranslationFault.TimeOutOfRange);
            return;
        }

        HappenedAt = instant.Ticks;
        json.Put("{\"id\":"u8);
        json.Number(fields.Id);
        json.Put(",\"eventType\":"u8);
        json.Text(PayloadWriter.EventTypeOf(fields.Kind, payload));
        json.Put(",\"iteration\":"u8);
        json.Number(fields.Iteration);
        json.Put(",\"stage\":"u8);
        json.Text(fields.Stage);
        json.Put(",\"data\":{"u8);
        PayloadWriter.Write(ref json, fields, payload, instant, options);
        json.Put("},\"timestamp\":"u8);
        JsonTimestamp.Write(ref json, instant);
        json.Put("}"u8);
    }
}
