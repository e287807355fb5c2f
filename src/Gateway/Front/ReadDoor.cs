using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Lets in those who read jobs by plain HTTP: methods, pages of other origins, limits and the caller (PROTOCOL.md section 11).</summary>
internal sealed class ReadDoor(CallerPolicy policy, FrontDoor door, BackendRegistry backends)
{
    /// <summary>A backend may tell callers apart by any header that it is sent.</summary>
    private readonly string vary = string.Join(
        ", ",
        backends
            .All.SelectMany(backend => backend.ForwardedHeaders)
            .Distinct(StringComparer.Ordinal)
            .Prepend("Origin")
            .Prepend("Authorization")
    );

    /// <summary>Looks at a request before it is read. Answers it if there is nothing to read or it can't come in.</summary>
    /// <returns>True if the request should be read.</returns>
    public async Task<bool> TryPassAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (Cors.WhyNot(context.Request, policy) is { } stranger)
        {
            await door.RefuseAsync(context, stranger);
            return false;
        }

        Cors.Set(context, vary);
        if (method == HttpMethods.Options)
        {
            Cors.AnswerOptions(context);
            return false;
        }

        if (WhyNot(context, method) is { } refusal)
        {
            await door.RefuseAsync(context, refusal);
            return false;
        }

        return true;
    }

    /// <summary>Identifies the caller and runs the request, within the limits. Meanwhile its connection isn't one that waits for a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="malformed">The fault of the request; null if there is none.</param>
    /// <param name="refuse">Called if the request is refused.</param>
    /// <param name="run">Called with the caller.</param>
    public Task EnterAsync(HttpContext context, Refusal? malformed, Func<Refusal, Task> refuse, Func<CallerVerdict, Task> run) =>
        door.EnterAsync(
            context,
            malformed,
            refuse,
            verdict => verdict.Refusal is { } unwanted ? refuse(unwanted) : RunAsync(context, verdict, run)
        );

    private static Refusal? WhyNot(HttpContext context, string method)
    {
        if (method != HttpMethods.Get && method != HttpMethods.Head)
        {
            context.Response.Headers.Allow = Cors.Methods;
            return Refusal.MethodNotAllowed with
            {
                Text =
                    "Jobs can only be read here. Events are appended at a log server (docs/log-server.md). The Allow header has the methods.",
            };
        }

        return Handshake.HasBody(context)
            ? Refusal.InvalidRequest with
            {
                Text = "The request has no body, so leave out Content-Length and Transfer-Encoding.",
            }
            : null;
    }

    private static async Task RunAsync(HttpContext context, CallerVerdict verdict, Func<CallerVerdict, Task> run)
    {
        var connection = context.Features.Get<WaitingConnection>();
        connection?.BeginSocket();
        try
        {
            await run(verdict);
        }
        finally
        {
            connection?.EndSocket();
        }
    }
}
