using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Protocol;
using static OptimizationGateway.Contract.Tests.Schema.HttpErrors;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>The OpenAPI 3.1 document of plain HTTP (PROTOCOL.md section 11), made from the gateway's own types.</summary>
internal static class OpenApiDocument
{
    private static readonly (string Name, string Description)[] Streams =
    [
        (EventsAnswer.NextOffset, "The offset to read from next."),
        (EventsAnswer.UpToDate, "`true` if the answer ends with the newest event there was."),
        (EventsAnswer.Closed, "`true` if the job has ended, and this answer reaches its end: don't come back."),
        (EventsAnswer.Cursor, "Echo it as `cursor` in the next live read."),
    ];

    public static string Text()
    {
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "OptimizationGateway: jobs over plain HTTP",
                ["description"] =
                    "Which jobs there are, and each job's log as a stream of the Durable Streams protocol 1.0, read side, in JSON mode. "
                    + "PROTOCOL.md section 11 is the contract. The WebSocket is described in `asyncapi.json` beside this file.",
                ["version"] = "1",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "The gateway that this file comes from." }),
            ["security"] = new JsonArray(new JsonObject(), Scheme("bearer"), Scheme("queryToken")),
            ["paths"] = new JsonObject
            {
                [JobsEndpoint.ListPath] = new JsonObject { ["get"] = ListJobs() },
                [JobsEndpoint.JobPath] = Path(JobId(), "get", GetJob()),
                [EventsEndpoint.Path] = ReadEvents(),
            },
            ["components"] = Components(),
        };
        return document.ToJsonString(Readable) + "\n";
    }

    private static JsonObject ListJobs() =>
        Operation(
            "listJobs",
            "Lists the jobs of all backends, those that changed last first.",
            List,
            KeyValuePair.Create("200", (JsonNode?)Answer("A page of jobs.", ("application/json", Reference(JobSchema.Page)))),
            Query("state", "Only jobs in this state; repeat it for several.", ListOf(OneOf("A state.", Gateway.Wire.JobStateNames.All))),
            Query("q", "Only jobs whose id, prompt id or data set id contains this text.", Bounded("string", "maxLength", 256)),
            Query(
                "pageSize",
                "The most jobs.",
                new JsonObject
                {
                    ["type"] = "integer",
                    ["minimum"] = 1,
                    ["maximum"] = 200,
                    ["default"] = 50,
                }
            ),
            Query("pageToken", "`nextPageToken` of the answer before, with the same `state` and `q`.", Plain("string"))
        );

    private static JsonObject GetJob() =>
        Operation(
            "getJob",
            "Describes one job.",
            Job,
            KeyValuePair.Create("200", (JsonNode?)Answer("The job.", ("application/json", Reference(JobSchema.Job))))
        );

    private static JsonObject ReadEvents()
    {
        var live = Query("live", "Leave it out to read what there is at once.", OneOf("The way to wait.", ["long-poll", "sse"]));
        var offset = Query(
            "offset",
            "The position to read from: `-1` is the beginning, `now` the end at this moment; any other is one that an answer gave. "
                + "Required with `live`.",
            new JsonObject { ["type"] = "string", ["pattern"] = @"^(-1|now|\d{16}_[A-Za-z0-9_-]*)$" }
        );
        JsonNode[] parameters =
        [
            offset,
            live,
            Query("cursor", "`Stream-Cursor` of the answer before; it is for caches.", Plain("string")),
            InHeader("Last-Event-ID", "The offset that an `EventSource` comes back with; with `live=sse` it counts more than `offset`."),
            InHeader("If-None-Match", "The `ETag` of an answer that the client has."),
        ];
        var events = ListOf(Reference(EventSchema.Name));
        var stream = new JsonObject
        {
            ["type"] = "string",
            ["description"] =
                $"`data` events have an array of {EventSchema.Name}, `control` events a {ControlSchema.Name}. Both have the offset as `id`.",
        };
        var found = Answer(
            "Events, oldest first: an array, or with `live=sse` an event stream that goes on.",
            ("application/json", events),
            ("text/event-stream", stream)
        );
        found["headers"] = StreamHeaders();
        KeyValuePair<string, JsonNode?>[] answers =
        [
            new("200", found),
            new("204", Nothing("A long-poll whose time is up; or the job has ended, and an `EventSource` came back.")),
            new("304", Nothing("The client has this answer.")),
        ];
        var end = new JsonObject { ["description"] = "The headers of the end of the log at this moment.", ["headers"] = StreamHeaders() };
        var path = Path(JobId(), "get", Operation("readEvents", "Reads a job's events.", Events, answers, parameters));
        path["head"] = Operation("findEnd", "Finds the end of a job's log.", Events, [new("200", end)], []);
        return path;
    }

    private static JsonObject Components()
    {
        var parts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        EventSchema.AddTo(parts);
        JobSchema.AddTo(parts);
        AddTo(parts);
        ControlSchema.AddTo(parts);
        return new JsonObject
        {
            ["schemas"] = new JsonObject(SchemaText.Components(parts)),
            ["responses"] = new JsonObject
            {
                ["MethodNotAllowed"] = Response([new HttpError(Refusal.MethodNotAllowed.Status, Refusal.MethodNotAllowed.Name, false)]),
                ["NotFound"] = Response([new HttpError(404, Refusal.NotFoundUnder("").Name, false)]),
            },
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject
                {
                    ["type"] = "http",
                    ["scheme"] = "bearer",
                    ["bearerFormat"] = "JWT",
                    ["description"] = "Required where `Gateway:Security:Jwt` is configured.",
                },
                ["queryToken"] = new JsonObject
                {
                    ["type"] = "apiKey",
                    ["in"] = "query",
                    ["name"] = "access_token",
                    ["description"] = "The same token, where `Gateway:Security:Jwt:AllowQueryToken` is on.",
                },
            },
        };
    }

    private static JsonObject Operation(
        string name,
        string summary,
        IReadOnlyList<HttpError> errors,
        KeyValuePair<string, JsonNode?> answer,
        params JsonNode[] parameters
    ) => Operation(name, summary, errors, [answer], parameters);

    private static JsonObject Operation(
        string name,
        string summary,
        IReadOnlyList<HttpError> errors,
        KeyValuePair<string, JsonNode?>[] answers,
        JsonNode[] parameters
    )
    {
        var operation = new JsonObject { ["operationId"] = name, ["summary"] = summary };
        if (parameters.Length > 0)
        {
            operation["parameters"] = new JsonArray(parameters);
        }

        operation["responses"] = new JsonObject([.. answers, .. Responses(errors)]);
        return operation;
    }

    private static JsonObject Path(JsonObject parameter, string method, JsonObject operation) =>
        new() { ["parameters"] = new JsonArray(parameter), [method] = operation };

    private static JsonObject JobId() => Parameter("jobId", "path", "The job.", Component(MessageSchemas.JobId()), isRequired: true);

    private static JsonObject Query(string name, string description, JsonObject schema) => Parameter(name, "query", description, schema);

    private static JsonObject InHeader(string name, string description) => Parameter(name, "header", description, Plain("string"));

    private static JsonObject Parameter(string name, string place, string description, JsonObject schema, bool isRequired = false) =>
        new()
        {
            ["name"] = name,
            ["in"] = place,
            ["description"] = description,
            ["required"] = isRequired,
            ["schema"] = schema,
        };

    private static JsonObject StreamHeaders() =>
        new([
            .. Streams.Select(header => KeyValuePair.Create(header.Name, (JsonNode?)Header(header.Description, "string"))),
            new("ETag", Header("Of every 200 but with `offset=now` or `live=sse`.", "string")),
        ]);

    private static JsonObject Answer(string description, params (string Type, JsonObject Schema)[] content) =>
        new()
        {
            ["description"] = description,
            ["content"] = new JsonObject(
                content.Select(one => KeyValuePair.Create(one.Type, (JsonNode?)new JsonObject { ["schema"] = Component(one.Schema) }))
            ),
        };

    private static JsonObject Nothing(string description) => new() { ["description"] = description };

    private static JsonObject Scheme(string name) => new() { [name] = new JsonArray() };

    private static JsonObject Plain(string type) => new() { ["type"] = type };

    private static JsonObject Bounded(string type, string keyword, int bound) => new() { ["type"] = type, [keyword] = bound };

    private static JsonObject ListOf(JsonObject items) => new() { ["type"] = "array", ["items"] = items };
}
