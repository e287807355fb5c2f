using System.Buffers;
using System.Text.Json;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>Puts a <c>replay</c> message together event by event, up to its largest size.</summary>
internal static class ReplayMessage
{
    /// <summary>The largest message in bytes, unless one event alone is larger: PROTOCOL.md section 3.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>The space for the end, including a <c>requestId</c> of 64 escaped characters.</summary>
    private const int TailBytes = 512;

    /// <summary>Adds an event; with the first one begins the message.</summary>
    /// <param name="form">The form.</param>
    /// <param name="message">The message's buffer; empty before the first event.</param>
    /// <param name="jobId">The job's id as JSON.</param>
    /// <param name="events">The number of events that the message has.</param>
    /// <param name="eventJson">One event object of section 4, as the translator wrote it.</param>
    /// <returns>False if it doesn't fit any more.</returns>
    public static bool TryAdd(MessageForm form, MessageBuffer message, JsonEncodedText jobId, int events, ReadOnlySpan<byte> eventJson)
    {
        if (events == 0)
        {
            form.BeginReplay(message, jobId);
        }
        else if (message.Count + eventJson.Length + TailBytes > MaxBytes)
        {
            return false;
        }
        else
        {
            message.Write(","u8);
        }

        message.Write(eventJson);
        return true;
    }

    /// <summary>Completes the message.</summary>
    /// <param name="form">The form.</param>
    /// <param name="message">The message's buffer.</param>
    /// <param name="jobId">The job's id as JSON.</param>
    /// <param name="events">The number of events that the message has.</param>
    /// <param name="hasMore">True if more history follows.</param>
    /// <param name="requested">True if it answers a <c>replay</c> request.</param>
    /// <param name="requestId">That request's id; null if it has none.</param>
    public static void End(
        MessageForm form,
        MessageBuffer message,
        JsonEncodedText jobId,
        int events,
        bool hasMore,
        bool requested = false,
        string? requestId = null
    )
    {
        if (events == 0)
        {
            form.BeginReplay(message, jobId);
        }

        form.EndReplay(message, hasMore, requested, requestId);
    }
}
