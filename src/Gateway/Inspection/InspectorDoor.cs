using Microsoft.AspNetCore.Http.Features;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The inspector's door: the host first, then the key. The page itself holds nothing that needs one; it asks for it.</summary>
internal sealed class InspectorDoor(CallerPolicy callers, InspectorKeys keys, WrongKeys wrong, ILogger<InspectorDoor> logger)
{
    private const string Scheme = "Bearer ";
    private const int LongestTarget = 512;

    private static readonly object Operator = new();

    /// <summary>Middleware in front of everything.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (callers.WhyNot(context.Request) is { } stranger)
        {
            await Problem.WriteAsync(context, stranger);
            return;
        }

        if (context.Request.Path.StartsWithSegments(InspectorRoutes.Root, StringComparison.Ordinal))
        {
            if (WhyNot(context) is { } refusal)
            {
                if (refusal.Status == StatusCodes.Status401Unauthorized)
                {
                    context.Response.Headers.WWWAuthenticate = "Bearer";
                }

                await Problem.WriteAsync(context, refusal);
                return;
            }

            if (HttpMethods.IsGet(context.Request.Method))
            {
                var (key, target) = (OperatorOf(context), TargetOf(context));
                InspectorLog.Read(logger, key, context.Connection.RemoteIpAddress, target);
            }
        }

        await next(context);
    }

    /// <summary>Whose key opened.</summary>
    public static string OperatorOf(HttpContext context) => (string)context.Items[Operator]!;

    private Refusal? WhyNot(HttpContext context)
    {
        var from = context.Connection.RemoteIpAddress;
        if (!wrong.MayTry(from))
        {
            return InspectorRefusals.TooManyWrongKeys;
        }

        var given = context.Request.Headers.Authorization is [{ } one] ? one : "";
        var hasKey = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        if (hasKey && keys.NameOf(given[Scheme.Length..].Trim()) is { } name)
        {
            context.Items[Operator] = name;
            return null;
        }

        wrong.Refused(from);
        return hasKey ? InspectorRefusals.WrongKey : InspectorRefusals.KeyRequired;
    }

    /// <summary>What was asked for, as it was sent: the server lets no line break and no control character through in it.</summary>
    private static string TargetOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.Length <= LongestTarget ? target : $"{target.AsSpan(0, LongestTarget)}…";
    }
}
