using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// A client that asks for one job's events by an HTTP request: it has one subscription and sends nothing more. What can still be said by
/// the status of the answer is left to whoever has the request: <see cref="Error"/> and <see cref="ClosedWith"/>.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="request">The same as a message.</param>
internal abstract class HttpTransport(HttpContext context, ClientMessage request) : IClientTransport
{
    private readonly TaskCompletionSource<ClientRead> over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isRequestRead;

    /// <inheritdoc/>
    public abstract TransportKind Kind { get; }

    /// <inheritdoc/>
    public MessageForm Form => MessageForm.Bare;

    /// <summary>The client's place in the log.</summary>
    public StreamPosition Position { get; } = new(request.AfterEventId, request.Epoch ?? "");

    /// <summary>The error to answer with; null if there is none, or it was told in the stream.</summary>
    public ErrorMessage? Error { get; protected set; }

    /// <summary>The session's end, if it came before the answer was complete and wasn't told in the stream.</summary>
    public CloseCode? ClosedWith { get; protected set; }

    /// <summary>The request.</summary>
    protected HttpContext Context => context;

    /// <summary>The job.</summary>
    protected string JobId => request.JobId;

    /// <summary>True if the client wants what happens from now on alone.</summary>
    protected bool IsLiveOnly => request.AfterEventId is null;

    /// <inheritdoc/>
    public virtual void Watch(Action<CloseCode> onBreach, Action onStuck) { }

    /// <summary>Hands on the request, then waits for the client to go away.</summary>
    public async ValueTask<ClientRead> ReadAsync(CancellationToken abort)
    {
        if (!isRequestRead)
        {
            isRequestRead = true;
            return ClientRead.Request(request);
        }

        await using var gone = context.RequestAborted.UnsafeRegister(
            waiting => ((TaskCompletionSource<ClientRead>)waiting!).TrySetResult(ClientRead.Lost),
            over
        );
        return await over.Task.WaitAsync(abort);
    }

    /// <inheritdoc/>
    public abstract Task<SendEnd> SendAsync(Outbox outbox, Action<MessageFacts, int> sent, CancellationToken abort);

    /// <inheritdoc/>
    public async Task CloseAsync(CloseCode code, CancellationToken abort)
    {
        if (code != CloseCode.Normal)
        {
            await TellEndAsync(code, abort);
        }

        over.TrySetResult(ClientRead.Closed);
    }

    /// <inheritdoc/>
    public void Abort()
    {
        context.Abort();
        over.TrySetResult(ClientRead.Lost);
    }

    public abstract void Dispose();

    /// <summary>Tells the client why its answer ends early.</summary>
    protected abstract Task TellEndAsync(CloseCode code, CancellationToken abort);
}
