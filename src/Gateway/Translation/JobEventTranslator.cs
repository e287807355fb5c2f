using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
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
    /// The longest JSON of an event, or twice the event where that is more. An event of 4 MiB gets to it only by control characters, of which
    /// JSON makes six bytes each.
    /// </summary>
    private const int MaxJsonBytes = 16 * 1024 * 1024;

    private const int LargeEventBytes = 256 * 1024;

    /// <summary>Decoding takes up to thirty times the bytes of an event (a list of empty values): large ones take turns.</summary>
    private static readonly Lock Turn = new();

    private readonly BoundedOutput bounded = new();
    private readonly TranslationOptions options = options ?? new TranslationOptions();
    private readonly Utf8JsonWriter json = new(Stream.Null, Options);

    /// <summary>The timestamp of the event that was written last, in ticks of UTC.</summary>
    public long HappenedAt { get; private set; }

    /// <returns>False where the event can't be shown. What was written by then must be dropped.</returns>
    public bool TryWrite(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        if (encoded.Length < LargeEventBytes)
        {
            return TryDecode(encoded, output);
        }

        lock (Turn)
        {
            return TryDecode(encoded, output);
        }
    }

    public void Dispose() => json.Dispose();

    private bool TryDecode(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        try
        {
            var jobEvent = JobEvent.Parser.ParseFrom(encoded);
            json.Reset(bounded.To(output, Math.Max(MaxJsonBytes, 2L * encoded.Length)));
            var isShown = TryWrite(jobEvent);
            json.Flush();
            return isShown;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or BoundedOutput.TooLargeException)
        {
            json.Reset(Stream.Null);
            return false;
        }
    }

    private bool TryWrite(JobEvent jobEvent)
    {
        if (!JsonTimestamp.TryFormat(jobEvent.Timestamp, out var timestamp, out var instant))
        {
            return false;
        }

        HappenedAt = instant.UtcTicks;
        json.WriteStartObject();
        json.WriteNumber("id"u8, jobEvent.Id);
        var payload = new PayloadWriter(json, jobEvent, timestamp, options);
        LongText.WriteString(json, "eventType"u8, payload.EventType);
        json.WriteNumber("iteration"u8, jobEvent.Iteration);
        LongText.WriteString(json, "stage"u8, jobEvent.Stage);
        json.WriteStartObject("data"u8);
        var isShown = payload.TryWriteData();
        json.WriteEndObject();
        json.WriteString("timestamp"u8, timestamp);
        json.WriteEndObject();
        return isShown;
    }
}
