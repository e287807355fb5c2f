using System.Globalization;
using Grpc.Core;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The HTTP answer to one call, kept to find the origin of a fault. The client library turns an answer without a <c>grpc-status</c> of its own (a
/// proxy's error page, missing trailers) into a status that looks like the backend's.
/// </summary>
internal sealed class WatchAnswer
{
    private const string StatusHeader = "grpc-status";
    private static readonly AsyncLocal<WatchAnswer?> Current = new();
    private HttpResponseMessage? response;

    /// <summary>True if an answer has begun.</summary>
    public bool HasHeaders => response is not null;

    /// <summary>True if the backend itself has given the call's status.</summary>
    public bool HasStatus =>
        response is not null
        && (response.Headers.NonValidated.Contains(StatusHeader) || response.TrailingHeaders.NonValidated.Contains(StatusHeader));

    /// <summary>Starts the call that this is the answer to. The library starts it in the caller's context.</summary>
    public T Of<T>(Func<T> startCall)
    {
        Current.Value = this;
        try
        {
            return startCall();
        }
        finally
        {
            Current.Value = null;
        }
    }

    /// <summary>Classifies a failed call: by origin first and by status second, PROTOCOL.md sections 6 and 9.</summary>
    /// <param name="exception">The client library's exception.</param>
    /// <param name="askedForEpoch">True if the request named an epoch.</param>
    /// <param name="carriedToken">True if the call carried the caller's token.</param>
    public WatchFault FaultOf(RpcException exception, bool askedForEpoch, bool carriedToken)
    {
        if (exception.Status.DebugException is not null)
        {
            return WatchFault.Unavailable;
        }

        if (!HasStatus)
        {
            // The library's own verdict. Once an answer has begun, this status is its limit for a message, far above what an event may have.
            return exception.StatusCode == StatusCode.ResourceExhausted && HasHeaders ? WatchFault.BadEvent(id: 0) : WatchFault.Unavailable;
        }

        return exception.StatusCode switch
        {
            StatusCode.Cancelled
            or StatusCode.Unavailable
            or StatusCode.Aborted
            or StatusCode.Unknown
            or StatusCode.DeadlineExceeded
            or StatusCode.ResourceExhausted => WatchFault.Unavailable,
            StatusCode.NotFound => new WatchFault(WatchFaultKind.NotFound),
            StatusCode.Unimplemented => new WatchFault(WatchFaultKind.Unimplemented),
            StatusCode.OutOfRange => new WatchFault(
                WatchFaultKind.OutOfRange,
                Trailer(exception, "earliest-event-id"),
                Trailer(exception, "latest-event-id")
            ),
            StatusCode.FailedPrecondition when askedForEpoch => WatchFault.EpochChanged,
            // Without the caller's token it is the gateway that wasn't recognised, and nothing that the caller could mend.
            StatusCode.Unauthenticated when carriedToken => new WatchFault(WatchFaultKind.Unauthorized),
            StatusCode.PermissionDenied => new WatchFault(WatchFaultKind.Forbidden),
            _ => WatchFault.Refused,
        };
    }

    private static long? Trailer(RpcException exception, string name) =>
        long.TryParse(exception.Trailers.GetValue(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && id <= WatchedEvent.MaxId
            ? id
            : null;

    /// <summary>Records the answer in the HTTP pipeline.</summary>
    public sealed class Recorder(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = Current.Value;
            var response = await base.SendAsync(request, cancellationToken);
            answer?.response = response;
            return response;
        }
    }
}
