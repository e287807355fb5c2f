namespace OptimizationGateway.Gateway.Backends;

internal static partial class BackendLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: a watch of job {JobId} broke after event {Cursor} ({Cause}). Watches are reopened at their cursors; more of this isn't logged until the backend answers."
    )]
    public static partial void Fails(ILogger logger, string backend, string jobId, long cursor, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Backend {Backend} answers again.")]
    public static partial void Answers(ILogger logger, string backend);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: the watch of job {JobId} ended with {End} after {Cause}: it refused, or keeps breaking PROTOCOL.md section 8."
    )]
    public static partial void BreaksContract(ILogger logger, string backend, string jobId, string end, string cause);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: a call for job {JobId} has {Bytes} bytes of headers, and the backend takes {Limit}. Raise the backend's limit, or have its settings ForwardAuthorization, ForwardHeaders and Metadata send it less."
    )]
    public static partial void HeadersTooLarge(ILogger logger, string backend, string jobId, long bytes, string limit);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: {Method} failed ({Cause}), so its jobs are missing from lists. The same isn't logged again within a minute."
    )]
    public static partial void ListFails(ILogger logger, string backend, string method, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Backend {Backend}: TLS fails ({Reason}). {Remedy}")]
    public static partial void TlsFails(ILogger logger, string backend, TlsReason reason, string remedy);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Backend {Backend}: its TLS files have changed; new connections use the new files."
    )]
    public static partial void TakesNewFiles(ILogger logger, string backend);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: its TLS files have changed, but can't be used, so the old ones are. {Faults}"
    )]
    public static partial void KeepsOldFiles(ILogger logger, string backend, string faults);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Backend {Backend}: DNS has no address for {Name}. The earlier addresses stay in use until it has one again."
    )]
    public static partial void HasNoAddress(ILogger logger, string backend, string name);
}
