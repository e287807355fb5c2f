using Microsoft.AspNetCore.Http.Extensions;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Callers;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Http;

/// <summary>
/// The writing side of the Durable Streams protocol 1.0 on a job's events: <c>PUT</c> creates, <c>POST</c> appends, <c>HEAD</c> tells the
/// end. docs/log-server.md has every answer.
/// </summary>
internal sealed class EventsEndpoint(
    Appender appender,
    CallerDoor door,
    CallerLimits callers,
    LimitOptions limits,
    ServerAddresses addresses
)
{
    public const string Path = "/jobs/{jobId}/events";

    private const string Allowed = "HEAD, POST, PUT";
    private const string Body = "events";
    private readonly EventsBody body = new(limits);

    /// <exception cref="RefusedException">The request is refused.</exception>
    public async Task InvokeAsync(HttpContext context)
    {
        if (JobPath.Read(context) is not { } jobId)
        {
            throw new RefusedException(Problem.NotFound);
        }

        CheckMethod(context);
        var permit = await door.AskAsync(context);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            await TellEndAsync(context, jobId, permit);
            return;
        }

        permit.CheckAppend(jobId);
        using var place = callers.Enter(context.Connection.RemoteIpAddress);
        var headers = EventsHeaders.Read(context.Request);
        var isPut = HttpMethods.IsPut(context.Request.Method);
        if (isPut && (headers.Producer is not null || headers.ExpectedLastId is not null))
        {
            throw new RefusedException(
                Refusal.Invalid($"PUT creates a job and takes neither a producer nor {EventsHeaders.JobExpectedLastId}: append with POST.")
            );
        }

        var events = await body.ReadAsync(context.Request, takesNone: isPut, context.RequestAborted);
        await (isPut ? CreateAsync(context, jobId, headers, events) : AppendAsync(context, jobId, headers, events));
    }

    private void CheckMethod(HttpContext context)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsHead(method))
        {
            return;
        }

        context.Response.Headers.Allow = Allowed;
        var remedy =
            HttpMethods.IsGet(method)
                ? $"This is the writing side. Events are read with WatchJob at {addresses.GrpcUrl}, or over HTTP at a gateway that points at it."
            : HttpMethods.IsDelete(method) ? "A job is deleted when it is older than LogServer:Retention:EndedJobs."
            : "The Allow header has the methods that this path takes.";
        throw new RefusedException(Problem.MethodNotAllowed with { Text = remedy });
    }

    private async Task TellEndAsync(HttpContext context, string jobId, CallerPermit permit)
    {
        if (!permit.MayWatch(jobId))
        {
            // Whoever appends may ask how far it got.
            permit.CheckAppend(jobId);
        }

        var state = await appender.FindAsync(jobId, context.RequestAborted) ?? throw new RefusedException(Refusal.JobNotFound);
        context.Response.ContentType = EventsAnswer.Json;
        EventsAnswer.Tell(context.Response, StatusCodes.Status200OK, state);
    }

    private async Task CreateAsync(HttpContext context, string jobId, EventsHeaders headers, IReadOnlyList<JobEvent> events)
    {
        var (state, isNew) = await CreateAsync(jobId, headers, events, context.RequestAborted);
        context.Response.ContentType = EventsAnswer.Json;
        context.Response.Headers.Location = context.Request.GetEncodedUrl();
        EventsAnswer.Tell(context.Response, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, state);
    }

    private async Task<(JobLogState State, bool IsNew)> CreateAsync(
        string jobId,
        EventsHeaders headers,
        IReadOnlyList<JobEvent> events,
        CancellationToken cancel
    )
    {
        if (headers.Closes && !(events.Count > 0 && events[^1].IsTerminal()))
        {
            var found = await appender.FindAsync(jobId, cancel);
            return found is { Ended: true } ? (found, false) : throw new RefusedException(EventsAnswer.NotEnding);
        }

        try
        {
            // What the body has is the beginning of a new job; of one that exists it is its beginning already.
            long? mustBeEmpty = events.Count > 0 ? 0 : null;
            var append = new JobAppend(jobId, events) { Lease = headers.Lease, ExpectedLastId = mustBeEmpty };
            var result = await appender.AppendAsync(append, Body, cancel);
            return (result.State, result.IsNew);
        }
        catch (RefusedException refused) when (refused.Refusal.State is { } found && (found.Ended || !headers.Closes))
        {
            return await FindExistingAsync(jobId, headers, cancel);
        }
    }

    /// <summary>A job that exists is renewed: its producer is alive. One that has ended is left as it is.</summary>
    private async Task<(JobLogState State, bool IsNew)> FindExistingAsync(string jobId, EventsHeaders headers, CancellationToken cancel)
    {
        var state = await appender.FindAsync(jobId, cancel) ?? throw new RefusedException(Refusal.JobNotFound);
        if (state.Ended)
        {
            return (state, false);
        }

        var renewed = await appender.AppendAsync(new JobAppend(jobId) { Lease = headers.Lease }, Body, cancel);
        return (renewed.State, false);
    }

    private async Task AppendAsync(HttpContext context, string jobId, EventsHeaders headers, IReadOnlyList<JobEvent> events)
    {
        if (events.Count == 0)
        {
            await CloseAsync(context, jobId, headers);
            return;
        }

        if (headers.Closes && !events[^1].IsTerminal())
        {
            throw new RefusedException(EventsAnswer.NotEnding);
        }

        var append = new JobAppend(jobId, events)
        {
            Producer = headers.Producer,
            Lease = headers.Lease,
            ExpectedLastId = headers.ExpectedLastId,
        };
        var result = await appender.AppendAsync(append, Body, context.RequestAborted);
        var isNewOfProducer = headers.Producer is not null && !result.IsRepeat;
        EventsAnswer.Tell(
            context.Response,
            isNewOfProducer ? StatusCodes.Status200OK : StatusCodes.Status204NoContent,
            result.State,
            headers.Producer,
            result.ProducerSequence
        );
    }

    /// <summary>Answers a request without events, which can only confirm that a job has ended.</summary>
    private async Task CloseAsync(HttpContext context, string jobId, EventsHeaders headers)
    {
        if (!headers.Closes)
        {
            throw new RefusedException(
                Refusal.Invalid(
                    """The body is empty. Send an event, such as {"eventType":"iteration_completed","iteration":1,"data":{"score":0.5}}, or an array of events."""
                )
            );
        }

        var state = await appender.FindAsync(jobId, context.RequestAborted) ?? throw new RefusedException(Refusal.JobNotFound);
        if (!state.Ended)
        {
            throw new RefusedException(EventsAnswer.NotEnding);
        }

        EventsAnswer.Tell(context.Response, StatusCodes.Status204NoContent, state);
    }
}
