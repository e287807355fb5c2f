using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Translation;

namespace OptimizationGateway.Gateway.Tests.Translation.Oracle;

/// <summary>
/// Translates an event with the generated classes and <see cref="Utf8JsonWriter"/>: the judge of the gateway's own translator, which does
/// without both.
/// </summary>
internal sealed class OracleTranslator(TranslationOptions? options = null) : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The text goes into a WebSocket, never into HTML: letters stay letters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly TranslationOptions options = options ?? new TranslationOptions();
    private readonly Utf8JsonWriter json = new(Stream.Null, Options);

    /// <summary>The timestamp of the event that was written last, in ticks of UTC.</summary>
    public long HappenedAt { get; private set; }

    /// <summary>The reason the last event can't be shown; null if it was written.</summary>
    public TranslationFault? Fault { get; private set; }

    /// <returns>False if the event can't be shown. The caller drops the bytes written so far.</returns>
    public bool TryWrite(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        try
        {
            var jobEvent = Nesting.Parse(JobEvent.Parser, encoded);
            json.Reset(output);
            Fault = Write(jobEvent);
            json.Flush();
        }
        catch (InvalidProtocolBufferException)
        {
            Fault = TranslationFault.Unreadable;
        }

        return Fault is null;
    }

    public void Dispose() => json.Dispose();

    private TranslationFault? Write(JobEvent jobEvent)
    {
        if (!OracleTimestamp.TryFormat(jobEvent.Timestamp, out var timestamp, out var instant))
        {
            return TranslationFault.TimeOutOfRange;
        }

        HappenedAt = instant.UtcTicks;
        json.WriteStartObject();
        json.WriteNumber("id"u8, jobEvent.Id);
        var payload = new OraclePayload(json, jobEvent, timestamp, options);
        json.WriteString("eventType"u8, payload.EventType);
        json.WriteNumber("iteration"u8, jobEvent.Iteration);
        json.WriteString("stage"u8, jobEvent.Stage);
        json.WriteStartObject("data"u8);
        var fault = payload.WriteData();
        json.WriteEndObject();
        json.WriteString("timestamp"u8, timestamp);
        json.WriteEndObject();
        return fault;
    }
}
