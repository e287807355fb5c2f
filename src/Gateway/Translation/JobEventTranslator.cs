using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes an encoded <see cref="JobEvent"/> as the documented JSON object of PROTOCOL.md section 4: the only place that reads an event's
/// payload. The bytes name no session, so that one translation can serve many. Not thread-safe: it keeps its writer.
/// </summary>
internal sealed class JobEventTranslator(TranslationOptions? options = null) : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The text goes into a WebSocket, never into HTML: letters stay letters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>
    /// The largest JSON of an event, or twice the event's encoded size if that is more. An event of 4 MiB can exceed it only by control characters,
    /// which take six bytes each in JSON.
    /// </summary>
    private const int MaxJsonBytes = 16 * 1024 * 1024;

    private const int LargeEventBytes = 256 * 1024;

    /// <summary>The turn to translate a large event. The objects that it is parsed into can take thirty times its bytes (a list of empty values).</summary>
    private static readonly Lock Turn = new();

    private readonly BoundedOutput bounded = new();
    private readonly TranslationOptions options = options ?? new TranslationOptions();
    private readonly Utf8JsonWriter json = new(Stream.Null, Options);

    /// <summary>The timestamp of the event that was written last, in ticks of UTC.</summary>
    public long HappenedAt { get; private set; }

    /// <summary>The reason the last event can't be shown; null if it was written.</summary>
    public TranslationFault? Fault { get; private set; }

    /// <returns>False if the event can't be shown. The caller drops the bytes written so far.</returns>
    public bool TryWrite(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        if (encoded.Length < LargeEventBytes)
        {
            Fault = Translate(encoded, output);
        }
        else
        {
            lock (Turn)
            {
                Fault = Translate(encoded, output);
            }
        }

        return Fault is null;
    }

    public void Dispose() => json.Dispose();

    private TranslationFault? Translate(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        try
        {
            var jobEvent = Nesting.Parse(JobEvent.Parser, encoded);
            json.Reset(bounded.To(output, Math.Max(MaxJsonBytes, 2L * encoded.Length)));
            var fault = Write(jobEvent);
            json.Flush();
            return fault;
        }
        catch (InvalidProtocolBufferException)
        {
            return TranslationFault.Unreadable;
        }
        catch (BoundedOutput.TooLargeException)
        {
            // The writer still holds bytes, and would write them when it is disposed of.
            json.Reset(Stream.Null);
            return TranslationFault.JsonTooLarge;
        }
    }

    private TranslationFault? Write(JobEvent jobEvent)
    {
        if (!JsonTimestamp.TryFormat(jobEvent.Timestamp, out var timestamp, out var instant))
        {
            return TranslationFault.TimeOutOfRange;
        }

        HappenedAt = instant.UtcTicks;
        json.WriteStartObject();
        json.WriteNumber("id"u8, jobEvent.Id);
        var payload = new PayloadWriter(json, jobEvent, timestamp, options);
        LongText.WriteString(json, "eventType"u8, payload.EventType);
        json.WriteNumber("iteration"u8, jobEvent.Iteration);
        LongText.WriteString(json, "stage"u8, jobEvent.Stage);
        json.WriteStartObject("data"u8);
        var fault = payload.WriteData();
        json.WriteEndObject();
        json.WriteString("timestamp"u8, timestamp);
        json.WriteEndObject();
        return fault;
    }
}
