namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>Bad requests whose fault is in the body: events that the contract doesn't have, and what isn't JSON.</summary>
internal static class BadEvents
{
    public static readonly IReadOnlyList<BadRequest> All = [.. Events(), .. Json()];

    private static IEnumerable<BadRequest> Events() =>
        [
            Event("no event type", """{"iteration":1}""", "eventType is required"),
            Event("an empty event type", """{"eventType":""}""", "eventType is required"),
            Event("an event type that is a number", """{"eventType":7}""", "eventType must be"),
            Event("a negative iteration", """{"eventType":"note","iteration":-1}""", "iteration must be a whole number"),
            Event("half an iteration", """{"eventType":"note","iteration":1.5}""", "iteration must be a whole number"),
            Event("an iteration beyond 32 bits", """{"eventType":"note","iteration":2147483648}""", "iteration must be a whole number"),
            Event("a stage that is an object", """{"eventType":"note","stage":{}}""", "stage must be"),
            Event("a time that is a number", """{"eventType":"note","timestamp":1700000000}""", "timestamp must be a time"),
            Event("a time without an offset", """{"eventType":"note","timestamp":"2026-01-31T12:00:00"}""", "timestamp must be a time"),
            Event("an id", """{"eventType":"note","id":1}""", "id is given by the log"),
            Event("a previous id", """{"eventType":"note","previousId":1}""", "previousId is given by the log"),
            Event("an epoch", """{"eventType":"note","epoch":"x"}""", "epoch is given by the log"),
            Event("a member of no event", """{"eventType":"note","score":0.5}""", "score isn't known"),
            Event("data that is an array", """{"eventType":"note","data":[]}""", "data must be an object"),
            Event("no score", """{"eventType":"iteration_completed"}""", "data.score is required"),
            Event(
                "a score that is a text",
                """{"eventType":"iteration_completed","data":{"score":"0.5"}}""",
                "data.score must be a number"
            ),
            Event("a score that no double holds", """{"eventType":"iteration_completed","data":{"score":1e999}}""", "data.score must be"),
            Event("a failure without its cause", """{"eventType":"job_failed"}""", "data.error is required"),
            Event(
                "a flag that is a text",
                """{"eventType":"job_failed","data":{"error":"e","willRetry":"yes"}}""",
                "willRetry must be true"
            ),
            Event(
                "a configuration that is a text",
                """{"eventType":"job_started","data":{"config":"x"}}""",
                "data.config must be an object"
            ),
            Event(
                "a fault in the fourth event",
                """[{"eventType":"a"},{"eventType":"b"},{"eventType":"c"},{"eventType":"iteration_completed","data":{"score":true}}]""",
                "events[3].data.score must be a number"
            ),
            Event("an event after the job's last", """[{"eventType":"job_completed"},{"eventType":"note"}]""", "ends the job"),
        ];

    private static IEnumerable<BadRequest> Json() =>
        [
            Event("no JSON", "score=0.5", "isn't JSON"),
            Event("half an object", """{"eventType":""", "isn't JSON"),
            Event("text behind the event", """{"eventType":"note"} x""", "isn't JSON"),
            Event("two events without an array", """{"eventType":"note"}{"eventType":"note"}""", "isn't JSON"),
            Event("a comma too many", """[{"eventType":"note"},]""", "isn't JSON"),
            Event("a comment", """{"eventType":"note"/* */}""", "isn't JSON"),
            Event("a name in single quotes", "{'eventType':'note'}", "isn't JSON"),
            Event("a number", "5", "must be an object"),
            Event("null", "null", "must be an object"),
            Event("an array of texts", """["note"]""", "events[0] must be an object"),
            Event("an array in an array", """[[{"eventType":"note"}]]""", "events[0] must be an object"),
            Event("an empty array", "[]", "at least one event"),
            Event("a member twice", """{"eventType":"a","eventType":"b"}""", "eventType is there twice"),
            Event("a member of data twice", """{"eventType":"note","data":{"a":1,"a":2}}""", "data.a is there twice"),
            Event("half a character", """{"eventType":"\ud800"}""", "eventType must be"),
            Event("130 levels", Nested(levels: 130), "nests deeper than 128 levels"),
            new("an empty body", 400, "invalid_request", "The body is empty") { Body = "" },
        ];

    private static BadRequest Event(string what, string body, string says) => new(what, 400, "invalid_event", says) { Body = body };

    private static string Nested(int levels) =>
        $$$"""{"eventType":"note","data":{"a":{{{new string('[', levels - 1)}}}{{{new string(']', levels - 1)}}}}}""";
}
