using System.Reflection;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Protocol;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>The refusals and errors of plain HTTP, from the gateway's own types.</summary>
internal static class HttpErrors
{
    public const string Problem = "problem";

    private static readonly Refusal[] OfSockets = [Refusal.MalformedHandshake, Refusal.UpgradeRequired];

    /// <summary>What ends a session, which a list of jobs doesn't have.</summary>
    private static readonly Refusal[] OfSessions = [Refusal.ClosedByOperator, Refusal.Reconnect, Refusal.InternalError];

    /// <summary>The codes of a job's lookup.</summary>
    private static readonly ErrorCode[] OfLookups =
    [
        ErrorCode.JobNotFound,
        ErrorCode.Forbidden,
        ErrorCode.Unauthorized,
        ErrorCode.BackendUnavailable,
        ErrorCode.BackendError,
    ];

    private static readonly IReadOnlyList<Refusal> Refusals =
    [
        .. typeof(Refusal)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(Refusal))
            .Select(field => (Refusal)field.GetValue(null)!)
            .Except([.. OfSockets, Refusal.MethodNotAllowed]),
    ];

    /// <summary>Of a job's events.</summary>
    public static IReadOnlyList<HttpError> Events { get; } =
    [.. Refusals.Select(Of), .. NamedCodes().Where(code => EventsErrors.Codes.Contains(code.Name)).Select(Of)];

    /// <summary>Of a list of jobs.</summary>
    public static IReadOnlyList<HttpError> List { get; } = [.. Refusals.Except(OfSessions).Select(Of)];

    /// <summary>Of one job.</summary>
    public static IReadOnlyList<HttpError> Job { get; } = [.. List, .. OfLookups.Select(Of), Of(Refusal.NotFoundUnder(""))];

    /// <summary>Answers by their status, as OpenAPI has them.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Responses(IReadOnlyList<HttpError> errors) =>
        errors
            .GroupBy(error => error.Status)
            .OrderBy(same => same.Key)
            .Select(same => KeyValuePair.Create($"{same.Key}", (JsonNode?)Response([.. same])));

    public static JsonObject Response(IReadOnlyList<HttpError> errors)
    {
        var codes = errors.Select(error => error.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var headers = new JsonObject();
        if (errors.Any(error => error.IsForNow))
        {
            headers["Retry-After"] = Header("The number of seconds after which to come back.", "integer");
        }

        if (errors[0].Status == 401)
        {
            headers["WWW-Authenticate"] = Header("The scheme, and the fault of the token.", "string");
        }

        var response = new JsonObject { ["description"] = $"`code` is {string.Join(", ", codes.Select(code => $"`{code}`"))}." };
        if (headers.Count > 0)
        {
            response["headers"] = headers;
        }

        var own = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["code"] = new JsonObject { ["enum"] = Names(codes) } },
        };
        var schema = new JsonObject { ["allOf"] = new JsonArray(Component(Reference(Problem)), own) };
        response["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = schema } };
        return response;
    }

    public static JsonObject Header(string description, string type) =>
        new()
        {
            ["description"] = description,
            ["schema"] = new JsonObject { ["type"] = type },
        };

    /// <summary>The body of an error.</summary>
    public static void AddTo(Dictionary<string, JsonObject> parts) =>
        parts[Problem] = Object(
            "An error (RFC 9457).",
            ("type?", Text("A link to what the status means.")),
            ("title?", Text("What the status means.")),
            ("status", new JsonObject { ["type"] = "integer", ["description"] = "The status." }),
            ("detail", Text("For people: the cause and what to do.", shortest: 1)),
            ("code", Text("For programs.", shortest: 1)),
            ("retryable?", Flag("True if the same request may succeed later.")),
            ("jobId?", MessageSchemas.JobId()),
            ("earliestEventId?", Id("The oldest event that is left.", least: 0)),
            ("latestEventId?", Id("The newest event.", least: 0)),
            ("eventId?", Id("Of bad_event: the event that can't be shown.", least: 1)),
            ("skipOffset?", Text("Of bad_event: the offset that skips the event."))
        );

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];

    private static HttpError Of(Refusal refusal) => new(refusal.Status, refusal.Name, refusal.IsForNow);

    private static HttpError Of(ErrorCode code) => new(EventsErrors.StatusOf(code), code.Name, code.Retryable);

    private static IEnumerable<ErrorCode> NamedCodes() =>
        typeof(ErrorCode)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(ErrorCode))
            .Select(field => (ErrorCode)field.GetValue(null)!);
}

/// <summary>A refusal or an error of plain HTTP.</summary>
/// <param name="Status">The status.</param>
/// <param name="Code">The <c>code</c>.</param>
/// <param name="IsForNow">True if the answer has <c>Retry-After</c>.</param>
internal sealed record HttpError(int Status, string Code, bool IsForNow);
