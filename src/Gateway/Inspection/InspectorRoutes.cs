using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Maps the inspector's requests to answers as JSON.</summary>
internal static class InspectorRoutes
{
    public const string Root = "/inspector";

    private const string Jobs = Root + "/jobs/";

    /// <summary>The parameter for ids such as <c>..</c>, which can't stand in a path: clients and servers normalize them away.</summary>
    private const string JobId = "id";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonInstant(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Map(IEndpointRouteBuilder routes, Inspector inspector, ILogger logger)
    {
        routes.MapRead(Root + "/connections", context => ListAsync(context, inspector.List));
        routes.MapRead(
            Root + "/connections/{id}",
            context => AnswerAsync(context, inspector.Find((string)context.Request.RouteValues["id"]!))
        );
        routes.MapPost(Root + "/connections/{id}/close", context => CloseAsync(context, inspector, logger));
        routes.MapPost(Root + "/connections/close", context => ManyConnections.CloseAsync(context, inspector, logger, Json));
        routes.MapRead(Root + "/jobs", context => JobByQueryAsync(context, inspector));
        routes.MapRead(Jobs + "{**id}", context => JobByPathAsync(context, inspector));
        routes.MapRead(Root + "/ended", context => ListAsync(context, inspector.Ended));
    }

    /// <summary>Writes a body for the routing's own 404 and 405, which have none.</summary>
    public static Task WriteMissingAsync(StatusCodeContext refused) =>
        refused.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.WriteAsync(refused.HttpContext, InspectorRefusals.NotFound),
            StatusCodes.Status405MethodNotAllowed => Problem.WriteAsync(refused.HttpContext, InspectorRefusals.MethodNotAllowed),
            _ => Task.CompletedTask,
        };

    private static Task ListAsync<Page>(HttpContext context, Func<ConnectionQuery, Page> list, string? beside = null)
    {
        var query = ConnectionQuery.Parse(context.Request.Query.Where(parameter => parameter.Key != beside), out var fault);
        return query is null
            ? Problem.WriteAsync(context, InspectorRefusals.InvalidQuery(fault))
            : context.Response.WriteAsJsonAsync(list(query), Json, context.RequestAborted);
    }

    private static Task JobByQueryAsync(HttpContext context, Inspector inspector) =>
        context.Request.Query[JobId] is [{ Length: > 0 } id]
            ? ListAsync(context, query => inspector.Job(id, query), beside: JobId)
            : Problem.WriteAsync(context, InspectorRefusals.InvalidQuery("id must be the id of one job."));

    private static Task JobByPathAsync(HttpContext context, Inspector inspector) =>
        IdInPathOf(context) is { } id
            ? ListAsync(context, query => inspector.Job(id, query))
            : Problem.WriteAsync(context, InspectorRefusals.NotFound);

    private static Task AnswerAsync(HttpContext context, ConnectionDetail? found) =>
        found is null
            ? Problem.WriteAsync(context, InspectorRefusals.ConnectionNotFound)
            : context.Response.WriteAsJsonAsync(found, Json, context.RequestAborted);

    private static async Task CloseAsync(HttpContext context, Inspector inspector, ILogger logger)
    {
        var operatorName = InspectorDoor.OperatorOf(context);
        if (await ReadAsync<CloseRequest>(context, Json) is not { ComeBack: { } comeBack })
        {
            await Problem.WriteAsync(context, InspectorRefusals.InvalidBody);
            return;
        }

        var id = (string)context.Request.RouteValues["id"]!;
        if (inspector.FindSession(id) is not { } session)
        {
            await Problem.WriteAsync(
                context,
                inspector.Find(id) is null ? InspectorRefusals.ConnectionNotFound : InspectorRefusals.AlreadyEnding
            );
            return;
        }

        if (session.CloseByOperator(comeBack) is not { } code)
        {
            await Problem.WriteAsync(context, InspectorRefusals.AlreadyEnding);
            return;
        }

        var (from, client) = (context.Connection.RemoteIpAddress, session.Client.Address);
        InspectorLog.Closed(logger, operatorName, from, id, client, code.Status);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsJsonAsync(new CloseAnswer(id, code.Status, code.Reason), Json, context.RequestAborted);
    }

    /// <summary>Reads a request's body.</summary>
    /// <returns>Null if it isn't what is asked for.</returns>
    public static async Task<Body?> ReadAsync<Body>(HttpContext context, JsonSerializerOptions json)
        where Body : class
    {
        try
        {
            return context.Request.HasJsonContentType()
                ? await context.Request.ReadFromJsonAsync<Body>(json, context.RequestAborted)
                : null;
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    /// <summary>
    /// The job id in the path as it was sent: an id may have a slash, which the routing leaves encoded. Null if the path begins in a way
    /// that only a server's normalization makes equal, such as <c>/x/../inspector/jobs/</c>.
    /// </summary>
    private static string? IdInPathOf(HttpContext context) =>
        SentTarget.PathOf(context).Split('/', 4) is ["", var root, var jobs, { Length: > 0 } id]
        && IsSame(root, "inspector")
        && IsSame(jobs, "jobs")
            ? Uri.UnescapeDataString(id)
            : null;

    private static bool IsSame(string segment, string name) =>
        string.Equals(Uri.UnescapeDataString(segment), name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Writes times in the form that events have: UTC, to the millisecond.</summary>
internal sealed class JsonInstant : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(JsonTimestamp.Format(value));
}
