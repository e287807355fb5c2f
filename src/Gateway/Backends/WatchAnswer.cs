using System.Globalization;
using System.Net;
using Grpc.Core;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The HTTP answer to one call, kept to find the origin of a fault. The client library turns an answer without a <c>grpc-status</c> of
/// its own (a proxy's error page, missing trailers) into a status that looks like the backend's.
/// </summary>
internal sealed class WatchAnswer
{
    private const string StatusHeader = "grpc-status";
    private static readonly AsyncLocal<WatchAnswer?> Current = new();
    private HttpRequestMessage? request;
    private HttpResponseMessage? response;

    /// <summary>True if an answer has begun.</summary>
    public bool HasHeaders => response is not null;

    /// <summary>True if the answer is HTTP's own for headers that are too large.</summary>
    public bool RefusesHeaders => response?.StatusCode == HttpStatusCode.RequestHeaderFieldsTooLarge;

    /// <summary>The size of the call's headers, counted as RFC 9113 does, section 6.5.2.</summary>
    public long HeaderBytes => request is null ? 0 : BytesOf(request);

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

    /// <summary>Leaves the answer's body, if it has begun: an unfinished read of it never completes (<see cref="GatedStream"/>).</summary>
    public void Leave() => response?.Dispose();

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
            return exception.StatusCode == StatusCode.ResourceExhausted && HasHeaders
                ? WatchFault.BadEvent(id: 0, BadEventReason.MessageTooLarge)
                : WatchFault.Unavailable;
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
        long.TryParse(exception.Trailers.GetValue(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id <= EventIds.Max
            ? id
            : null;

    private static long BytesOf(HttpRequestMessage request)
    {
        const int Overhead = 32;
        var uri = request.RequestUri!;
        long bytes =
            BytesOf(":method", request.Method.Method)
            + BytesOf(":scheme", uri.Scheme)
            + BytesOf(":authority", uri.Authority)
            + BytesOf(":path", uri.PathAndQuery);
        var content = request.Content?.Headers.NonValidated ?? default;
        foreach (var (name, values) in request.Headers.NonValidated.Concat(content))
        {
            bytes += values.Sum(value => BytesOf(name, value));
        }

        return bytes;

        static long BytesOf(string name, string value) => name.Length + value.Length + Overhead;
    }

    /// <summary>Records the answer in the HTTP pipeline.</summary>
    public sealed class Recorder(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = Current.Value;
            answer?.request = request;
            var response = await base.SendAsync(request, cancellationToken);
            answer?.response = response;
            return response;
        }
    }
}
