using System.Text.Json;
using OptimizationGateway.Gateway.Outboxes;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>A subscription as its seat needs it: the parts of messages that are its own.</summary>
internal interface IViewer
{
    /// <summary>The job's id as JSON.</summary>
    public JsonEncodedText JobId { get; }

    /// <summary>Writes that the backend is away, and notes it. Called under the lock of the viewer's outbox.</summary>
    public OutboxMessage WriteOutage();

    /// <summary>Notes that a message with events, or an empty replay, goes out: all is well.</summary>
    public void NoteOpen();
}
