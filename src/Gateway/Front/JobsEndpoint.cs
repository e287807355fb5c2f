using System.Text.Json;
using OptimizationGateway.Gateway.Jobs;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Handles requests for a list of jobs, and for one job (PROTOCOL.md section 11).</summary>
internal sealed class JobsEndpoint(ReadDoor readers, FrontDoor door, JobCatalog catalog)
{
    public const string ListPath = "/jobs";
    public const string JobPath = "/jobs/{jobId}";

    /// <summary>The answer to a request for a job whose backend has jobs, and doesn't describe them.</summary>
    private static readonly Refusal NotDescribed = new(
        "not_found",
        StatusCodes.Status404NotFound,
        "The job's backend doesn't describe its jobs (JobsService). Their events are at /jobs/{jobId}/events."
    );

    /// <summary>Answers with a page of jobs.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (await readers.TryPassAsync(context))
        {
            var (query, malformed) = JobsRequest.Read(context);
            await readers.EnterAsync(
                context,
                malformed,
                refused => door.RefuseAsync(context, refused),
                verdict => UnlessGoneAsync(context, ListAsync(context, query!, verdict.Caller))
            );
        }
    }

    /// <summary>Answers with one job.</summary>
    public async Task GetAsync(HttpContext context)
    {
        if (await readers.TryPassAsync(context))
        {
            var (jobId, malformed) = PathJobId.Read(context, suffix: "");
            await readers.EnterAsync(
                context,
                malformed,
                refused => door.RefuseAsync(context, refused),
                verdict => UnlessGoneAsync(context, GetAsync(context, jobId, verdict.Caller))
            );
        }
    }

    private async Task ListAsync(HttpContext context, JobQuery query, Caller caller)
    {
        using var page = await catalog.ListAsync(query, caller.Headers, caller.MayWatch, context.RequestAborted);
        await WriteAsync(context, json => Write(json, page));
    }

    private async Task GetAsync(HttpContext context, string jobId, Caller caller)
    {
        var found = caller.MayWatch(jobId)
            ? await catalog.FindAsync(jobId, caller.Headers, context.RequestAborted)
            : JobLookup.Failed(ErrorCode.Forbidden);
        if (found.Json is { } job)
        {
            await WriteAsync(context, json => json.WriteRawValue(job.Span, skipInputValidation: true));
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        var refusal = found.Code is { } code
            ? new Refusal(code.Name, EventsErrors.StatusOf(code), code.Text, code.Retryable)
            : NotDescribed;
        await Problem.WriteAsync(context, refusal, ("retryable", refusal.IsForNow), ("jobId", jobId));
    }

    private static void Write(Utf8JsonWriter json, JobPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("jobs");
        foreach (var job in page.Jobs)
        {
            json.WriteRawValue(job.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        if (page.Next is { } next)
        {
            json.WriteString("nextPageToken", next.ToString());
        }

        if (page.Missing.Count > 0)
        {
            json.WriteStartArray("missing");
            foreach (var (backend, code) in page.Missing)
            {
                json.WriteStartObject();
                json.WriteString("backend", backend);
                json.WriteString("code", code.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        write(json);
        await json.FlushAsync(context.RequestAborted);
    }

    private static async Task UnlessGoneAsync(HttpContext context, Task answer)
    {
        try
        {
            await answer;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader is gone.
        }
    }
}
