using Google.Protobuf;
using Grpc.Core;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The outcome of one call of JobsService: jobs, or a fault as a value.</summary>
/// <param name="Jobs">The jobs; null after a fault.</param>
/// <param name="Fault">The fault; null if there are jobs.</param>
internal sealed record JobsAnswer(ListedJobs? Jobs, WatchFault? Fault)
{
    /// <summary>The names of all results.</summary>
    public static readonly IReadOnlyList<string> Results =
    [
        Ok,
        .. new[]
        {
            WatchFaultKind.Unavailable,
            WatchFaultKind.BadEvent,
            WatchFaultKind.NotFound,
            WatchFaultKind.Unimplemented,
            WatchFaultKind.OutOfRange,
            WatchFaultKind.Unauthorized,
            WatchFaultKind.Forbidden,
            WatchFaultKind.HeadersTooLarge,
            WatchFaultKind.Refused,
        }.Select(fault => fault.ToString()),
    ];

    private const string Ok = "Ok";

    /// <summary>The name of its result.</summary>
    public string Result => Fault?.Kind.ToString() ?? Ok;

    public static JobsAnswer Failed(WatchFault fault) => new(null, fault);
}

/// <summary>Makes calls of JobsService.</summary>
internal static class JobsCall
{
    /// <summary>Makes one call. Its failure is a value; only the caller's own cancellation is thrown.</summary>
    /// <param name="lease">The place at a replica.</param>
    /// <param name="method">The method.</param>
    /// <param name="request">The request.</param>
    /// <param name="headers">The metadata.</param>
    /// <param name="carriesToken">True if the metadata has the caller's token.</param>
    /// <param name="stop">Ends the call.</param>
    public static async Task<JobsAnswer> MakeAsync(
        StreamLease lease,
        Method<IMessage, Box<ListedJobs?>> method,
        IMessage request,
        Metadata headers,
        bool carriesToken,
        CancellationToken stop
    )
    {
        var answer = new WatchAnswer();
        try
        {
            using var call = answer.Of(() =>
                lease.Invoker.AsyncUnaryCall(method, host: null, new CallOptions(headers, cancellationToken: stop), request)
            );
            var jobs = (await call.ResponseAsync).Value;
            lease.Answered();
            return jobs is null ? JobsAnswer.Failed(WatchFault.Refused) : new JobsAnswer(jobs, Fault: null);
        }
        catch (RpcException e)
        {
            stop.ThrowIfCancellationRequested();
            var fault = FaultOf(e, answer, carriesToken);
            if (fault.Kind == WatchFaultKind.Unavailable)
            {
                lease.Failed(e.Status.DebugException);
            }
            else if (answer.HasStatus)
            {
                lease.Answered();
            }

            return JobsAnswer.Failed(fault);
        }
    }

    private static WatchFault FaultOf(RpcException exception, WatchAnswer answer, bool carriesToken) =>
        answer.RefusesHeaders ? new WatchFault(WatchFaultKind.HeadersTooLarge)
        // A server that knows no such path, such as a stub of version 0.1, answers 404 without a status of its own.
        : exception is { StatusCode: StatusCode.Unimplemented, Status.DebugException: null } ? new WatchFault(WatchFaultKind.Unimplemented)
        : answer.FaultOf(exception, askedForEpoch: false, carriesToken);
}
