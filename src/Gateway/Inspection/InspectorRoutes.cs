using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>What the inspector answers, as JSON.</summary>
internal static class InspectorRoutes
{
    public const string Root = "/inspector";

    private const string Jobs = Root + "/jobs/";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonInstant(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Map(IEndpointRouteBuilder routes, Inspector inspector, ILogger logger)
    {
        routes.MapGet(Root + "/connections", context => ListAsync(context, inspector.List));
        routes.MapGet(
            Root + "/connections/{id}",
            context => AnswerAsync(context, inspector.Find((string)context.Request.RouteValues["id"]!))
        );
        routes.MapPost(Root + "/connections/{id}/close", context => CloseAsync(context, inspector, logger));
        routes.MapGet(Jobs + "{**id}", context => ListAsync(context, query => inspector.Job(JobIdOf(context), query)));
        routes.MapGet(Root + "/ended", context => ListAsync(context, inspector.Ended));
    }

    /// <summary>Gives what the routing refuses without a word a body that says what there is.</summary>
    public static Task WriteMissingAsync(StatusCodeContext refused) =>
        refused.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.WriteAsync(refused.HttpContext, InspectorRefusals.NotFound),
            StatusCodes.Status405MethodNotAllowed => Problem.WriteAsync(refused.HttpContext, InspectorRefusals.MethodNotAllowed),
            _ => Task.CompletedTask,
        };

    private static Task ListAsync<Page>(HttpContext context, Func<ConnectionQuery, Page> list)
    {
        var query = ConnectionQuery.Parse(context.Request.Query, out var fault);
        return query is null
            ? Problem.WriteAsync(context, InspectorRefusals.InvalidQuery(fault))
            : context.Response.WriteAsJsonAsync(list(query), Json, context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, ConnectionDetail? found) =>
        found is null
            ? Problem.WriteAsync(context, InspectorRefusals.ConnectionNotFound)
            : context.Response.WriteAsJsonAsync(found, Json, context.RequestAborted);

    private static async Task CloseAsync(HttpContext context, Inspector inspector, ILogger logger)
    {
        var operatorName = InspectorDoor.OperatorOf(context);
        if (await ReadAsync(context) is not { ComeBack: { } comeBack })
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

        var (from, client) = (context.Connection.RemoteIpAddress, session.Visitor.Address);
        InspectorLog.Closed(logger, operatorName, from, id, client, code.Status);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsJsonAsync(new CloseAnswer(id, code.Status, code.Reason), Json, context.RequestAborted);
    }

    private static async Task<CloseRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            return context.Request.HasJsonContentType()
                ? await context.Request.ReadFromJsonAsync<CloseRequest>(Json, context.RequestAborted)
                : null;
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    /// <summary>As it was sent: a job id may have a slash, which the routing leaves encoded.</summary>
    private static string JobIdOf(HttpContext context)
    {
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        return Uri.UnescapeDataString(path[Math.Min(Jobs.Length, path.Length)..]);
    }
}

/// <summary>What an operator asks for.</summary>
/// <param name="ComeBack">Whether the client is to connect again.</param>
internal sealed record CloseRequest(bool? ComeBack);

/// <summary>What comes of it.</summary>
/// <param name="Id">The connection.</param>
/// <param name="CloseCode">What it is closed with.</param>
/// <param name="Reason">What the client is told.</param>
internal sealed record CloseAnswer(string Id, int CloseCode, string Reason);
