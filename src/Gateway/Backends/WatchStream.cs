using System.Runtime.CompilerServices;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One WatchJob call. Its failure is a value, and so is the caller's cancellation: nothing is thrown.</summary>
internal sealed class WatchStream : IDisposable
{
    /// <summary>The bytes up to which a message is part of what a stream takes by itself.</summary>
    private const int SmallMessage = 16 * 1024;

    private readonly WatchAnswer answer = new();
    private readonly CancellationToken stop;
    private readonly StreamLease lease;
    private readonly HeldMemory held;
    private readonly WatchTrace trace;
    private readonly AsyncServerStreamingCall<WatchMessage> call;
    private readonly PatientWait wait;
    private readonly bool askedForEpoch;
    private readonly bool carriesToken;
    private readonly bool carriesCaller;
    private Task<bool>? moving;
    private WatchMessage? last;
    private int counted;
    private volatile bool isDisposed;

    public WatchStream(
        StreamLease lease,
        WatchJobRequest request,
        Metadata headers,
        bool carriesToken,
        bool carriesCaller,
        WatchTrace trace,
        HeldMemory held,
        TimeProvider time,
        CancellationToken stop
    )
    {
        this.held = held;
        this.lease = lease;
        this.trace = trace;
        this.stop = stop;
        wait = new PatientWait(time, stop);
        this.carriesToken = carriesToken;
        this.carriesCaller = carriesCaller;
        askedForEpoch = request.Epoch.Length > 0;
        call = answer.Of(() => lease.Invoker.AsyncServerStreamingCall(WatchMethod.WatchJob, host: null, new CallOptions(headers), request));
    }

    /// <summary>The host and port of its replica.</summary>
    public string Place => lease.Place;

    /// <summary>Reads the next message, or the end of the stream. An unfinished read goes on with the next call.</summary>
    /// <param name="within">The time to wait for it.</param>
    /// <returns>Nothing if nothing came in that time, or the caller's token was cancelled. A message is good until the next read.</returns>
    public ValueTask<WatchRead> ReadAsync(TimeSpan within)
    {
        if (last?.TryReadNext() == true)
        {
            return ValueTask.FromResult(new WatchRead(last, null));
        }

        last?.Return();
        last = null;
        Uncount();
        moving ??= call.ResponseStream.MoveNext(CancellationToken.None);
        return moving.IsCompletedSuccessfully ? ValueTask.FromResult(Finish(moving.Result)) : WaitAsync(within);
    }

    /// <summary>Closes a stream that is given up or broke.</summary>
    /// <param name="fault">The fault; <see cref="WatchFault.Silent"/> while a read is unfinished distrusts the connection.</param>
    public void Close(WatchFault? fault)
    {
        if (fault == WatchFault.Silent && moving is not null)
        {
            lease.Distrust();
            trace.Failed(fault.Kind);
        }

        Dispose();
    }

    /// <summary>Cancels the call and gives its place on the connection back; can be called twice.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        answer.Leave();
        call.Dispose();
        wait.Dispose();
        lease.Dispose();
        Uncount();
        trace.Dispose();

        // Nobody waits for it any more, so nobody else looks at its fault.
        _ = moving?.ContinueWith(
            static read => _ = read.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WatchRead> WaitAsync(TimeSpan within)
    {
        var read = moving!;
        if (!await wait.WaitAsync(read, within))
        {
            return WatchRead.Nothing;
        }

        try
        {
            return Finish(await read);
        }
        catch (RpcException) when (isDisposed || stop.IsCancellationRequested)
        {
            return WatchRead.Nothing;
        }
        catch (RpcException e)
        {
            moving = null;
            var fault = Failed(e);
            trace.Failed(fault.Kind);
            return new WatchRead(null, fault);
        }
    }

    /// <summary>Counts the last message no longer.</summary>
    private void Uncount()
    {
        if (counted > 0)
        {
            held.Add(-Interlocked.Exchange(ref counted, 0));
        }
    }

    private WatchRead Finish(bool hasMessage)
    {
        moving = null;
        lease.Answered();
        trace.Answered();
        last = hasMessage ? call.ResponseStream.Current : null;
        if (last?.Held > SmallMessage)
        {
            counted = last.Held;
            held.Add(counted);
        }

        return new WatchRead(last, hasMessage ? null : WatchFault.EndedEarly);
    }

    private WatchFault Failed(RpcException exception)
    {
        if (OversizedHeadersOf(exception) is { } headers)
        {
            // Neither for nor against the replica: any other call may fare better.
            return new WatchFault(WatchFaultKind.HeadersTooLarge, Headers: headers);
        }

        var fault = answer.FaultOf(exception, askedForEpoch, carriesToken);
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
    /// Returns the size of the call's headers if they are the reason for the failure: the peer said so, or they are above its limit.
    /// Once the HTTP client knows the limit it doesn't even send them; before that, servers reset the stream or close the connection
    /// with any code.
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
}
