using System.Text.Json;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Closes many connections at once: those that the filters of the lists select, or a random share of them.</summary>
internal static class ManyConnections
{
    private static readonly string[] Filters = ["job", "address", "caller", "q", "slow"];

    public static async Task CloseAsync(HttpContext context, Inspector inspector, ILogger logger, JsonSerializerOptions json)
    {
        if (
            await InspectorRoutes.ReadAsync<CloseManyRequest>(context, json)
            is not { ComeBack: { } comeBack, Share: { } share and >= 0 and <= 100 }
        )
        {
            await Problem.WriteAsync(context, InspectorRefusals.InvalidCloseMany);
            return;
        }

        if (QueryOf(context, out var fault) is not { } query)
        {
            await Problem.WriteAsync(context, InspectorRefusals.InvalidQuery(fault));
            return;
        }

        var matching = inspector.Matching(query);
        var chosen = Choose(matching, share, Random.Shared);
        var closed = chosen.Count(session => session.CloseByOperator(comeBack) is not null);
        var code = comeBack ? CloseCode.Reconnect : CloseCode.ClosedForGood;
        var (key, from) = (InspectorDoor.OperatorOf(context), context.Connection.RemoteIpAddress);
        var selected = LogText.OneLine(context.Request.QueryString is { HasValue: true } text ? text.Value : "no filter");
        InspectorLog.ClosedMany(logger, key, from, closed, matching.Count, selected, code.Status);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        var answer = new CloseManyAnswer(matching.Count, closed, code.Status, code.Reason);
        await context.Response.WriteAsJsonAsync(answer, json, context.RequestAborted);
    }

    /// <summary>Chooses a share at random, rounded up: one percent of three is one.</summary>
    public static IReadOnlyList<Session> Choose(List<Session> matching, double share, Random random)
    {
        var all = matching.ToArray();
        random.Shuffle(all);
        return all[..(int)Math.Ceiling(all.Length * share / 100)];
    }

    private static ConnectionQuery? QueryOf(HttpContext context, out string fault)
    {
        if (context.Request.Query.Keys.FirstOrDefault(name => !Filters.Contains(name)) is { } other)
        {
            fault = $"{ClientInfo.Clean(other) ?? "A parameter without a name"} is no filter. There are {string.Join(", ", Filters)}.";
            return null;
        }

        return ConnectionQuery.Parse(context.Request.Query, out fault);
    }
}
