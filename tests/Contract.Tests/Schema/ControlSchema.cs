using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Protocol;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>A <c>control</c> event of an event stream (PROTOCOL.md section 11).</summary>
internal static class ControlSchema
{
    public const string Name = "streamControl";

    public static void AddTo(Dictionary<string, JsonObject> parts) =>
        parts[Name] = Object(
            "The place in the log; an error, with the members of an `error` message; or why the gateway ends the stream.",
            ("streamNextOffset?", Text("The offset to read from next.")),
            ("streamCursor?", Text("As Stream-Cursor. Absent at the job's end.")),
            ("upToDate?", new JsonObject { ["const"] = true, ["description"] = "There if no more is known." }),
            ("streamClosed?", new JsonObject { ["const"] = true, ["description"] = "There at the job's end." }),
            ("code?", Text("Of an error or an end: for programs.")),
            ("error?", Text("Of an error or an end: for people.")),
            ("retryable?", Flag("Of an error or an end: true if the same may succeed later.")),
            ("subscription?", OneOf("Of an error: with kept the stream goes on.", NamesOf<SubscriptionEffect>(effect => effect.Name))),
            ("earliestEventId?", Id("Of history codes: the oldest event that is left.", least: 0)),
            ("latestEventId?", Id("Of history codes: the newest event.", least: 0)),
            ("eventId?", Id("Of bad_event: the event that can't be shown.", least: 1))
        );
}
