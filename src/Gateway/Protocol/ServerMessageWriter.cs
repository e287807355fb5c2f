using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// Writes each server message of PROTOCOL.md section 3 as UTF-8. Messages that are written for every event are put together from
/// ready-made bytes; the others go through <see cref="Utf8JsonWriter"/>.
/// </summary>
internal static class ServerMessageWriter
{
    // The text goes into a WebSocket, never into HTML: letters stay letters.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A string in the form that the methods below take: escaped once, written often.</summary>
    public static JsonEncodedText Encode(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    public static void WriteSubscribed(
        IBufferWriter<byte> output,
        JsonEncodedText jobId,
        string? epoch,
        long? lastEventId,
        long? earliestEventId,
        string? requestId
    )
    {
        using var json = Start(output, "subscribed", jobId);
        if (!string.IsNullOrEmpty(epoch))
        {
            json.WriteString("epoch"u8, epoch);
        }

        WriteOptional(json, "lastEventId"u8, lastEventId);
        WriteOptional(json, "earliestEventId"u8, earliestEventId);
        End(json, requestId);
    }

    public static void WriteUnsubscribed(IBufferWriter<byte> output, JsonEncodedText jobId, UnsubscribeReason reason, string? requestId)
    {
        using var json = Start(output, "unsubscribed", jobId);
        json.WriteString("reason"u8, reason.Name);
        End(json, requestId);
    }

    public static void WritePong(IBufferWriter<byte> output, string? requestId)
    {
        using var json = Start(output, "pong", jobId: null);
        End(json, requestId);
    }

    public static void WriteError(IBufferWriter<byte> output, ErrorMessage error)
    {
        using var json = Start(output, "error", jobId: null);
        json.WriteString("error"u8, error.Text);
        if (error.JobId is not null)
        {
            json.WriteString("jobId"u8, error.JobId);
        }

        json.WriteString("code"u8, error.Code.Name);
        json.WriteBoolean("retryable"u8, error.Code.Retryable);
        json.WriteString("subscription"u8, error.Effect.Name);
        if (error.Requested)
        {
            json.WriteBoolean("requested"u8, value: true);
        }

        WriteOptional(json, "earliestEventId"u8, error.EarliestEventId);
        WriteOptional(json, "latestEventId"u8, error.LatestEventId);
        WriteOptional(json, "eventId"u8, error.EventId);
        End(json, error.RequestId);
    }

    /// <param name="output">The destination buffer.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="eventJson">One event object of section 4, as the translator wrote it.</param>
    public static void WriteEvent(IBufferWriter<byte> output, JsonEncodedText jobId, ReadOnlySpan<byte> eventJson)
    {
        output.Write("""{"type":"event","jobId":" """u8[..^1]);
        output.Write(jobId.EncodedUtf8Bytes);
        output.Write("\",\"event\":"u8);
        output.Write(eventJson);
        output.Write("}"u8);
    }

    /// <summary>Begins a <c>replay</c>; event objects, with commas between, and <see cref="EndReplay"/> follow.</summary>
    public static void BeginReplay(IBufferWriter<byte> output, JsonEncodedText jobId)
    {
        output.Write("""{"type":"replay","jobId":" """u8[..^1]);
        output.Write(jobId.EncodedUtf8Bytes);
        output.Write("\",\"data\":["u8);
    }

    public static void EndReplay(IBufferWriter<byte> output, bool hasMore, bool requested, string? requestId)
    {
        output.Write(hasMore ? "],\"hasMore\":true"u8 : "],\"hasMore\":false"u8);
        if (requested)
        {
            output.Write(",\"requested\":true"u8);
        }

        if (requestId is not null)
        {
            output.Write(",\"requestId\":\""u8);
            output.Write(Encode(requestId).EncodedUtf8Bytes);
            output.Write("\""u8);
        }

        output.Write("}"u8);
    }

    private static Utf8JsonWriter Start(IBufferWriter<byte> output, string type, JsonEncodedText? jobId)
    {
        var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        if (jobId is { } id)
        {
            json.WriteString("jobId"u8, id);
        }

        return json;
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void End(Utf8JsonWriter json, string? requestId)
    {
        if (requestId is not null)
        {
            json.WriteString("requestId"u8, requestId);
        }

        json.WriteEndObject();
        json.Flush();
    }
}
