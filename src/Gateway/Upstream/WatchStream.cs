using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>One WatchJob call. How it fails comes out as a value; only the caller's own cancellation is thrown.</summary>
internal sealed class WatchStream : IDisposable
{
    private readonly WatchAnswer answer = new();
    private readonly CancellationTokenSource cancel;
    private readonly CancellationToken stop;
    private readonly ReplicaLease lease;
    private readonly WatchTrace trace;
    private readonly AsyncServerStreamingCall<WatchMessage> call;
    private readonly ITimer timer;
    private readonly bool askedForEpoch;
    private readonly bool carriesToken;
    private readonly bool carriesCaller;
    private volatile bool isTimedOut;
    private bool isDisposed;

    public WatchStream(
        ReplicaLease lease,
        WatchJobRequest request,
        Metadata headers,
        bool carriesToken,
        bool carriesCaller,
        WatchTrace trace,
        TimeProvider time,
        CancellationToken stop
    )
    {
        this.lease = lease;
        this.trace = trace;
        this.stop = stop;
        this.carriesToken = carriesToken;
        this.carriesCaller = carriesCaller;
        askedForEpoch = request.Epoch.Length > 0;
        cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer = time.CreateTimer(_ => TimeOut(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        call = answer.Of(() =>
            lease.Invoker.AsyncServerStreamingCall(
                WatchMethod.WatchJob,
                host: null,
                new CallOptions(headers, cancellationToken: cancel.Token),
                request
            )
        );
    }

    /// <summary>Which replica it is at, as host and port.</summary>
    public string Place => lease.Place;

    /// <summary>The next message, or how the stream ended.</summary>
    /// <param name="patience">How long to wait for it. The clock runs only here: a reader that is held back makes no stream silent.</param>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task<WatchRead> ReadAsync(TimeSpan patience)
    {
        try
        {
            var pending = call.ResponseStream.MoveNext(CancellationToken.None);
            if (!pending.IsCompleted)
            {
                timer.Change(patience, Timeout.InfiniteTimeSpan);
            }

            var hasMessage = await pending;
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lease.Answered();
            trace.Answered();
            return hasMessage ? new WatchRead(call.ResponseStream.Current, null) : new WatchRead(null, WatchFault.EndedEarly);
        }
        catch (RpcException e)
        {
            stop.ThrowIfCancellationRequested();
            var fault = isTimedOut ? WatchFault.Silent : Failed(e);
            trace.Failed(fault.Kind);
            return new WatchRead(null, fault);
        }
    }

    /// <summary>Cancels the call and gives its place on the connection back; also twice.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        timer.Dispose();
        cancel.Cancel();
        call.Dispose();
        cancel.Dispose();
        lease.Dispose();
        trace.Dispose();
    }

    private WatchFault Failed(RpcException exception)
    {
        if (OversizedHeadersOf(exception) is { } headers)
        {
            // Neither for nor against the replica: any other call may fare better.
            return new WatchFault(WatchFaultKind.HeadersTooLarge, Headers: headers);
        }

        var fault = WatchFault.Of(exception, answer, askedForEpoch, carriesToken);
        if (fault.Kind == WatchFaultKind.Unavailable)
        {
            lease.Failed(exception.Status.DebugException);
        }
        else
        {
            lease.Answered();
        }

        return fault;
    }

    /// <summary>
    /// The call's headers if they are why it failed: the peer said so, or they are above its limit. Then the HTTP client doesn't even send them
    /// once it knows the limit; before, servers reset the stream or close the connection, under any code.
    /// </summary>
    private OversizedHeaders? OversizedHeadersOf(RpcException exception)
    {
        if (answer.RefusesHeaders)
        {
            return new OversizedHeaders(answer.HeaderBytes, lease.HeaderLimit, carriesCaller);
        }

        var neverArrived =
            exception.Status.DebugException is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError
            };
        var isOther = answer.HasStatus ? exception.StatusCode != StatusCode.ResourceExhausted : answer.HasHeaders || neverArrived;
        return !isOther && answer.HeaderBytes is var bytes && bytes > lease.HeaderLimit
            ? new OversizedHeaders(bytes, lease.HeaderLimit, carriesCaller)
            : null;
    }

    private void TimeOut()
    {
        isTimedOut = true;
        lease.Distrust();
        try
        {
            cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stream was let go between the timer's decision and this line.
        }
    }
}
