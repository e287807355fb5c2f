using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Checks who asks the inspector: the host first, then the key. It decides by the endpoint that the routing chose, never by how a path is
/// written. Every endpoint that isn't marked as anonymous needs the key, and so does a path without one. Only the page's files are marked:
/// they hold no data.
/// </summary>
internal sealed class InspectorDoor(CallerPolicy callers, InspectorKeys keys, WrongKeys wrong, ILogger<InspectorDoor> logger)
{
    private const string Scheme = "Bearer ";
    private const int LongestTarget = 512;

    private static readonly object Operator = new();

    /// <summary>Middleware behind the routing; in front of it, everything would need the key.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (callers.WhyNot(context.Request) is { } stranger)
        {
            await Problem.WriteAsync(context, stranger);
            return;
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null)
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

            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            {
                var (key, target) = (OperatorOf(context), TargetOf(context));
                InspectorLog.Read(logger, key, context.Connection.RemoteIpAddress, target);
            }
        }

        await next(context);
    }

    /// <summary>The name of the key that opened the inspector for this request.</summary>
    public static string OperatorOf(HttpContext context) =>
        context.Items[Operator] as string ?? throw new InvalidOperationException("No key opened the inspector for this request.");

    private Refusal? WhyNot(HttpContext context)
    {
        var from = context.Connection.RemoteIpAddress;
        var connection = context.Features.Get<InspectorConnection>();

        // An operator at work isn't kept out by somebody who guesses at the same address.
        if (connection?.HasKey != true && !wrong.MayTry(from))
        {
            return InspectorRefusals.TooManyWrongKeys;
        }

        var given = context.Request.Headers.Authorization is [{ } one] ? one : "";
        var hasKey = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        if (hasKey && keys.NameOf(given[Scheme.Length..].Trim()) is { } name)
        {
            context.Items[Operator] = name;
            connection?.Opened();
            return null;
        }

        if (!hasKey)
        {
            // Nothing was guessed, and any page that the operator has open can knock like this.
            return InspectorRefusals.KeyRequired;
        }

        wrong.Refused(from);
        connection?.Refused();
        return InspectorRefusals.WrongKey;
    }

    /// <summary>The request's target as it was sent. The server lets no line break and no control character through.</summary>
    private static string TargetOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.Length <= LongestTarget ? target : $"{target.AsSpan(0, LongestTarget)}…";
    }
}
