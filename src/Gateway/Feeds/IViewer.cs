using System.Text.Json;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>A subscription as its seat needs it: the parts of messages that are its own.</summary>
internal interface IViewer
{
    /// <summary>The form of its messages.</summary>
    public MessageForm Form { get; }

    /// <summary>The job's id as JSON.</summary>
    public JsonEncodedText JobId { get; }

    /// <summary>Writes that the backend is away, and notes it. Called under the lock of the viewer's outbox.</summary>
    public OutboxMessage WriteOutage();

    /// <summary>Notes that a message with events, or an empty replay, goes out: all is well.</summary>
    public void NoteOpen();

    /// <summary>Notes something for the connection's timeline.</summary>
    /// <param name="kind">The kind of event.</param>
    /// <param name="code">The cause; null if there is none.</param>
    /// <param name="eventId">The event it is about; null if there is none.</param>
    public void Note(TimelineEntryKind kind, string? code, long? eventId);
}
