namespace OptimizationGateway.Gateway.Upstream;

internal static partial class UpstreamLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: a watch broke ({Cause}). Watches are reopened at their cursors; more of this isn't logged until the backend answers."
    )]
    public static partial void Fails(ILogger logger, string backend, WatchFaultKind cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Backend {Backend} answers again.")]
    public static partial void Answers(ILogger logger, string backend);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: the watch of job {JobId} ended with {End} after {Cause}: it refused, or keeps breaking PROTOCOL.md section 8."
    )]
    public static partial void BreaksContract(ILogger logger, string backend, string jobId, WatchEnd end, WatchFaultKind cause);
}
