using System.Buffers;
using System.Text.Json;

namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// The form in which a transport sends events: each in a JSON message of its own, as PROTOCOL.md section 3 has it, or bare. Of
/// the other messages a transport with bare events has the content alone, and writes it itself.
/// </summary>
internal abstract class MessageForm
{
    /// <summary>Whole JSON messages, for WebSocket.</summary>
    public static readonly MessageForm Enveloped = new EnvelopedForm();

    /// <summary>The JSON of events alone, with commas between those of one message.</summary>
    public static readonly MessageForm Bare = new BareForm();

    /// <summary>True if messages other than events and replays have bytes.</summary>
    public abstract bool HasEnvelopes { get; }

    /// <summary>Writes one event.</summary>
    /// <param name="output">The destination buffer.</param>
    /// <param name="jobId">The job's id as JSON.</param>
    /// <param name="eventJson">One event object of section 4, as the translator wrote it.</param>
    public abstract void WriteEvent(IBufferWriter<byte> output, JsonEncodedText jobId, ReadOnlySpan<byte> eventJson);

    /// <summary>Begins a batch of history; event objects, with commas between, and <see cref="EndReplay"/> follow.</summary>
    public abstract void BeginReplay(IBufferWriter<byte> output, JsonEncodedText jobId);

    /// <summary>Ends a batch of history.</summary>
    public abstract void EndReplay(IBufferWriter<byte> output, bool hasMore, bool requested, string? requestId);

    private sealed class BareForm : MessageForm
    {
        public override bool HasEnvelopes => false;

        public override void WriteEvent(IBufferWriter<byte> output, JsonEncodedText jobId, ReadOnlySpan<byte> eventJson) =>
            output.Write(eventJson);

        public override void BeginReplay(IBufferWriter<byte> output, JsonEncodedText jobId) { }

        public override void EndReplay(IBufferWriter<byte> output, bool hasMore, bool requested, string? requestId) { }
    }

    private sealed class EnvelopedForm : MessageForm
    {
        public override bool HasEnvelopes => true;

        public override void WriteEvent(IBufferWriter<byte> output, JsonEncodedText jobId, ReadOnlySpan<byte> eventJson) =>
            ServerMessageWriter.WriteEvent(output, jobId, eventJson);

        public override void BeginReplay(IBufferWriter<byte> output, JsonEncodedText jobId) =>
            ServerMessageWriter.BeginReplay(output, jobId);

        public override void EndReplay(IBufferWriter<byte> output, bool hasMore, bool requested, string? requestId) =>
            ServerMessageWriter.EndReplay(output, hasMore, requested, requestId);
    }
}
