using System.Text.Json;

namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// Reads a client message from UTF-8. Every malformed input gives one <see cref="ErrorMessage"/> that says what was
/// wrong; nothing is thrown. Unknown members are ignored, and of repeated ones the last counts (as in JavaScript).
/// </summary>
internal static class ClientMessageParser
{
    private const int MaxDepth = 32;

    /// <returns>Either the message or the error to answer with; never both.</returns>
    public static (ClientMessage? Message, ErrorMessage? Error) Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return Invalid("The message must be a JSON object.", requestId: null);
            }

            return Validate(ClientMembers.Read(ref reader));
        }
        catch (JsonException)
        {
            return Invalid($"The message is not JSON, or nests deeper than {MaxDepth} levels.", requestId: null);
        }
    }

    private static (ClientMessage?, ErrorMessage?) Validate(in ClientMembers members)
    {
        // Echoed in the answer to an otherwise broken message too, so that the client knows which one it was.
        var requestId = members.RequestId.Value;
        if (members.Type.Value is null)
        {
            return Invalid(members.Type.Fault ?? "\"type\" is missing: send subscribe, unsubscribe, replay or ping.", requestId);
        }

        if (TypeNamed(members.Type.Value) is not { } type)
        {
            return (null, new ErrorMessage(ErrorCode.UnknownType, SubscriptionEffect.Untouched) { RequestId = requestId });
        }

        if (FaultIn(members, type) is { } fault)
        {
            return Invalid(fault, requestId, members.JobId.Value);
        }

        var (jobId, after, epoch) = (members.JobId.Value ?? "", members.AfterEventId.Value, members.Epoch.Value);
        var trace = members.TraceParent.Value;
        var message = type switch
        {
            ClientMessageType.Subscribe => new ClientMessage(type, jobId, after, epoch, requestId) { TraceParent = trace },
            ClientMessageType.Replay => new ClientMessage(type, jobId, after ?? 0, epoch, requestId) { TraceParent = trace },
            ClientMessageType.Unsubscribe => new ClientMessage(type, jobId, null, null, requestId),
            ClientMessageType.Ping => new ClientMessage(type, "", null, null, requestId),
            _ => throw new InvalidOperationException($"A type without a message: {type}."),
        };
        return (message, null);
    }

    private static ClientMessageType? TypeNamed(string name) =>
        name switch
        {
            "subscribe" => ClientMessageType.Subscribe,
            "unsubscribe" => ClientMessageType.Unsubscribe,
            "replay" => ClientMessageType.Replay,
            "ping" => ClientMessageType.Ping,
            _ => null,
        };

    /// <summary>The first thing wrong with the members that a message of this type has; the others are unknown to it and ignored.</summary>
    private static string? FaultIn(in ClientMembers members, ClientMessageType type)
    {
        if (type == ClientMessageType.Ping)
        {
            return members.RequestId.Fault;
        }

        if (members.JobId.Value is null)
        {
            return members.JobId.Fault ?? "\"jobId\" is missing: send the id of a job.";
        }

        return type == ClientMessageType.Unsubscribe
            ? members.RequestId.Fault
            : members.AfterEventId.Fault ?? members.Epoch.Fault ?? members.RequestId.Fault;
    }

    private static (ClientMessage?, ErrorMessage?) Invalid(string text, string? requestId, string? jobId = null) =>
        (
            null,
            new ErrorMessage(ErrorCode.InvalidMessage, SubscriptionEffect.Untouched)
            {
                Text = text,
                RequestId = requestId,
                JobId = jobId,
            }
        );
}
