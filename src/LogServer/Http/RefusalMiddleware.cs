using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Telemetry;

namespace OptimizationGateway.LogServer.Http;

/// <summary>Turns every end of an HTTP request into an answer, and counts it.</summary>
internal sealed class RefusalMiddleware(
    EventsEndpoint events,
    LogServerMetrics metrics,
    TimeProvider time,
    ILogger<RefusalMiddleware> logger
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        var result = "ok";
        try
        {
            await events.InvokeAsync(context);
        }
        catch (RefusedException refused)
        {
            result = await RefuseAsync(context, refused.Refusal);
        }
        catch (BadHttpRequestException bad)
        {
            // The server's own words, such as for a body that ends too early.
            result = await RefuseAsync(context, Refusal.Invalid(bad.Message) with { Status = bad.StatusCode });
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
            result = "aborted";
        }
        catch (Exception fault)
        {
            HttpLog.Failed(logger, fault);
            result = await RefuseAsync(context, Refusal.InternalError);
        }
        finally
        {
            metrics.Answered("http", result, time.GetElapsedTime(began));
        }
    }

    private static async Task<string> RefuseAsync(HttpContext context, Refusal refusal)
    {
        if (!context.Response.HasStarted)
        {
            await Problem.WriteAsync(context, refusal);
        }

        return refusal.Code;
    }
}

internal static partial class HttpLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed")]
    public static partial void Failed(ILogger logger, Exception fault);
}
