using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Protocol;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>The messages of PROTOCOL.md sections 2 and 3. Closed sets come from the gateway's own types, events from the proto.</summary>
internal static class MessageSchemas
{
    public static string Client()
    {
        var parts = ClientParts();
        return Document("OptimizationGateway: client messages", "What a client may send; other members are ignored.", AnyOf(parts), parts);
    }

    public static string Server()
    {
        var parts = ServerParts();
        var root = AnyOf(parts);
        EventSchema.AddTo(parts);
        return Document(
            "OptimizationGateway: server messages",
            "What the gateway sends. Later versions may add members and types: a client ignores what it doesn't know.",
            root,
            parts
        );
    }

    /// <summary>The messages that a client sends, by their type.</summary>
    public static Dictionary<string, JsonObject> ClientParts()
    {
        var parts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var after = Id("Events with a greater id are wanted; 0 is all the history there is.", least: 0);
        var (epoch, request, trace) = (
            Text("As subscribed gave it; empty is not checked."),
            Text("Echoed in the direct answers.", longest: 64),
            new JsonObject { ["description"] = "A string as in W3C Trace Context; anything else is ignored." }
        );
        Add(
            parts,
            ClientMessageType.Subscribe,
            "Watch a job; without afterEventId only what happens from now on.",
            ("jobId", JobId()),
            ("afterEventId?", OrNull(after)),
            ("epoch?", OrNull(epoch)),
            ("requestId?", OrNull(request)),
            ("traceparent?", trace)
        );
        Add(parts, ClientMessageType.Unsubscribe, "Stop.", ("jobId", JobId()), ("requestId?", OrNull(request)));
        Add(
            parts,
            ClientMessageType.Replay,
            "Read the history once.",
            ("jobId", JobId()),
            ("afterEventId?", OrNull(after)),
            ("epoch?", OrNull(epoch)),
            ("requestId?", OrNull(request)),
            ("traceparent?", trace)
        );
        Add(parts, ClientMessageType.Ping, "Answered by pong.", ("requestId?", OrNull(request)));
        return parts;
    }

    /// <summary>The messages that the gateway sends, by their type. They refer to <see cref="EventSchema"/>.</summary>
    public static Dictionary<string, JsonObject> ServerParts()
    {
        var parts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var request = Text("Of the client message that this answers.", longest: 64);
        Add(
            parts,
            ServerMessageType.Subscribed,
            "The backend accepted.",
            ("jobId", JobId()),
            ("epoch?", Text("Which log the ids belong to.", shortest: 1)),
            ("lastEventId?", Id("The newest id at that moment; 0: none.", least: 0)),
            ("earliestEventId?", Id("There where older events are gone.", least: 0)),
            ("requestId?", request)
        );
        Add(
            parts,
            ServerMessageType.Replay,
            "A batch of history, oldest first.",
            ("jobId", JobId()),
            ("data", new JsonObject { ["type"] = "array", ["items"] = Reference(EventSchema.Name) }),
            ("hasMore", Flag("False on the last batch.")),
            ("requested?", new JsonObject { ["const"] = true, ["description"] = "There where it answers a replay." }),
            ("requestId?", request)
        );
        Add(parts, ServerMessageType.Event, "One live event.", ("jobId", JobId()), ("event", Reference(EventSchema.Name)));
        Add(
            parts,
            ServerMessageType.Unsubscribed,
            "No more messages of this subscription.",
            ("jobId", JobId()),
            ("reason", OneOf("Why.", NamesOf<UnsubscribeReason>(reason => reason.Name))),
            ("requestId?", request)
        );
        Add(parts, ServerMessageType.Pong, "The answer to a ping.", ("requestId?", request));
        Add(
            parts,
            ServerMessageType.Error,
            "Something went wrong.",
            ("error", Text("For people.", shortest: 1)),
            ("jobId?", JobId()),
            ("code", OneOf("For programs.", NamesOf<ErrorCode>(code => code.Name))),
            ("retryable", Flag("Whether the same may succeed later; with kept the gateway retries by itself.")),
            ("subscription", OneOf("What it did to the subscription.", NamesOf<SubscriptionEffect>(effect => effect.Name))),
            ("requested?", new JsonObject { ["const"] = true, ["description"] = "There where it answers a replay." }),
            ("earliestEventId?", Id("Of history codes: the oldest event that is left.", least: 0)),
            ("latestEventId?", Id("Of history codes: the newest event.", least: 0)),
            ("eventId?", Id("Of bad_event: the event that can't be shown.", least: 1)),
            ("requestId?", request)
        );
        return parts;
    }

    /// <summary>The control characters stand in the pattern as they are: that way every regular expression engine takes it.</summary>
    public static JsonObject JobId()
    {
        var schema = Text("The job. Of its characters each UTF-16 unit counts.", shortest: 1, longest: 256);
        schema["pattern"] = "^[^\u0000-\u001F\u007F-\u009F]*$";
        return schema;
    }

    /// <summary>In a client message null stands for absent.</summary>
    private static JsonObject OrNull(JsonObject schema)
    {
        var copy = schema.DeepClone().AsObject();
        copy["type"] = new JsonArray(copy["type"]!.GetValue<string>(), "null");
        return copy;
    }

    private static void Add<TType>(
        Dictionary<string, JsonObject> parts,
        TType type,
        string description,
        params (string Name, JsonObject Schema)[] members
    )
        where TType : struct, Enum
    {
        var name = type.ToString().ToLowerInvariant();
        parts[name] = Object(description, [("type", new JsonObject { ["const"] = name }), .. members]);
    }

    /// <summary>Adds the choice of all parts so far.</summary>
    /// <returns>Its name.</returns>
    private static string AnyOf(Dictionary<string, JsonObject> parts)
    {
        const string root = "message";
        parts[root] = new JsonObject { ["oneOf"] = new JsonArray([.. parts.Keys.Select(Reference)]) };
        return root;
    }
}
