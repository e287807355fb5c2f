using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Handles requests for a job's events by HTTP, the read side of the Durable Streams protocol 1.0 (PROTOCOL.md section 11): refuses a request
/// with the reason, or runs a session for it and answers.
/// </summary>
internal sealed class EventsEndpoint(ReadDoor readers, FrontDoor door, SessionEnvironment environment)
{
    public const string Path = "/jobs/{jobId}/events";

    /// <summary>The longest silence of an event stream, unless sockets are pinged more often.</summary>
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(15);

    private readonly SessionLimits limits = environment.Limits;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!await readers.TryPassAsync(context))
        {
            return;
        }

        var (request, malformed) = EventsRequest.Read(context);
        await readers.EnterAsync(
            context,
            malformed,
            refused => RefuseAsync(context, request, refused),
            verdict => RunAsync(context, context.Request.Method == HttpMethods.Head ? request!.AtEnd() : request!, verdict)
        );
    }

    private async Task AnswerAsync(HttpContext context, EventsRequest request, CallerVerdict verdict)
    {
        var waits = request.Mode == EventsMode.LongPoll;
        var batch = new EventBatch(context, request.ToMessage(context), waits, limits.LongPollTimeout, environment.Time);
        try
        {
            await door.RunAsync(context, batch, verdict);
            await (
                batch.IsComplete
                    ? EventsAnswer.WriteAsync(context, request, batch, limits.StuckReaderTimeout, environment.Time)
                    : FailAsync(context, request, batch)
            );
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader is gone; what it lacks it asks for again.
        }
        finally
        {
            batch.Release();
        }
    }

    private async Task StreamAsync(HttpContext context, EventsRequest request, CallerVerdict verdict)
    {
        var comments = limits.PingInterval < MostSilence ? limits.PingInterval : MostSilence;
        var rest = new EventStreamRequest(request.Cursor, request.IsReturn, limits.StuckReaderTimeout, comments, EventsAnswer.StartStream);
        var stream = new EventStream(context, request.ToMessage(context), rest, environment.Time);
        await door.RunAsync(context, stream, verdict);
        if (stream.IsOver)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await FailAsync(context, request, stream);
    }

    private Task RunAsync(HttpContext context, EventsRequest request, CallerVerdict verdict) =>
        request.Mode == EventsMode.EventStream ? StreamAsync(context, request, verdict) : AnswerAsync(context, request, verdict);

    private Task FailAsync(HttpContext context, EventsRequest request, HttpTransport transport)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }

        return transport.Error is { } error ? EventsErrors.WriteAsync(context, request, error, transport.Position, environment.Time)
            : transport.ClosedWith is { } code ? RefuseAsync(context, request, Refusal.Of(code))
            : Task.CompletedTask;
    }

    /// <summary>An <c>EventSource</c> never comes back after a status other than 200: it is told in a stream to come back.</summary>
    private Task RefuseAsync(HttpContext context, EventsRequest? request, Refusal refusal)
    {
        if (request is not { IsReturn: true } || !refusal.IsForNow)
        {
            return door.RefuseAsync(context, refusal);
        }

        door.Note(context, refusal);
        return EventsErrors.ComeBackAsync(context, request, refusal, environment.Time);
    }
}
