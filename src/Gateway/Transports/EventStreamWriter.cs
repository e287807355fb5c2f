using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// Writes server-sent events as the Durable Streams protocol has them: <c>data</c> with a JSON array of events, and after it <c>control</c>
/// with the place in the log. Each has an <c>id</c>, with which a browser's <c>EventSource</c> resumes.
/// </summary>
/// <param name="position">The reader's place in the log.</param>
/// <param name="cursor">The cursor that the client sent; null if none.</param>
internal sealed class EventStreamWriter(StreamPosition position, string? cursor, TimeProvider time)
{
    /// <summary>The bounds of the time after which a client comes back, in milliseconds: spread, so that not all come at once.</summary>
    private const int SoonestReturn = 1_000;
    private const int LatestReturn = 5_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The comment that shows an idle reader that the stream is alive.</summary>
    public static ReadOnlySpan<byte> Comment => ":\n\n"u8;

    /// <summary>Writes what comes before the JSON of events. <see cref="EndData"/> follows that.</summary>
    public void BeginData(IBufferWriter<byte> output)
    {
        WriteId(output);
        output.Write("event: data\ndata:["u8);
    }

    /// <summary>Writes what comes after the JSON of events.</summary>
    public static void EndData(IBufferWriter<byte> output) => output.Write("]\n\n"u8);

    /// <summary>Writes where the reader is.</summary>
    /// <param name="output">The destination buffer.</param>
    /// <param name="hasMore">True if more is about to follow.</param>
    public void WriteControl(IBufferWriter<byte> output, bool hasMore)
    {
        // One for each event: so without a JSON writer, which would have to be allocated.
        WriteId(output);
        output.Write("event: control\ndata:{\"streamNextOffset\":\""u8);
        Encoding.ASCII.GetBytes(position.Token!, output);
        if (!position.IsClosed)
        {
            output.Write("\",\"streamCursor\":\""u8);
            Encoding.ASCII.GetBytes(StreamCursor.After(time.GetUtcNow(), cursor), output);
        }

        var isUpToDate = position.IsUpToDate && !hasMore;
        output.Write(
            isUpToDate && position.IsClosed ? "\",\"upToDate\":true,\"streamClosed\":true}\n\n"u8
            : isUpToDate ? "\",\"upToDate\":true}\n\n"u8
            : "\"}\n\n"u8
        );
    }

    /// <summary>Writes an error, with the members of an <c>error</c> message.</summary>
    public void WriteError(IBufferWriter<byte> output, ErrorMessage error)
    {
        using var json = StartControl(output);
        json.WriteString("code"u8, error.Code.Name);
        json.WriteString("error"u8, error.Text);
        json.WriteBoolean("retryable"u8, error.Code.Retryable);
        json.WriteString("subscription"u8, error.Effect.Name);
        WriteOptional(json, "earliestEventId"u8, error.EarliestEventId);
        WriteOptional(json, "latestEventId"u8, error.LatestEventId);
        WriteOptional(json, "eventId"u8, error.EventId);
        End(output, json);
    }

    /// <summary>Writes that the gateway ends the stream, and when to come back if the client should.</summary>
    public void WriteEnd(IBufferWriter<byte> output, Refusal end)
    {
        if (end.IsForNow)
        {
            output.Write(Encoding.ASCII.GetBytes($"retry: {Random.Shared.Next(SoonestReturn, LatestReturn + 1)}\n"));
        }

        using var json = StartControl(output);
        json.WriteString("code"u8, end.Name);
        json.WriteString("error"u8, end.Text);
        json.WriteBoolean("retryable"u8, end.IsForNow);
        End(output, json);
    }

    private Utf8JsonWriter StartControl(IBufferWriter<byte> output)
    {
        WriteId(output);
        output.Write("event: control\ndata:"u8);
        var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        if (position.Token is { } token)
        {
            json.WriteString("streamNextOffset"u8, token);
        }

        if (!position.IsClosed)
        {
            json.WriteString("streamCursor"u8, StreamCursor.After(time.GetUtcNow(), cursor));
        }

        return json;
    }

    private static void End(IBufferWriter<byte> output, Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        output.Write("\n\n"u8);
    }

    private void WriteId(IBufferWriter<byte> output)
    {
        if (position.Token is { } token)
        {
            output.Write("id: "u8);
            Encoding.ASCII.GetBytes(token, output);
            output.Write("\n"u8);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
