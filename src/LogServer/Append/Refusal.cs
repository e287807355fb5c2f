using Grpc.Core;

namespace OptimizationGateway.LogServer.Append;

/// <summary>The reason for refusing a request: the closed set of docs/log-server.md, for HTTP and gRPC alike.</summary>
/// <param name="Code">The <c>code</c> member of the problem, the trailer <c>error-code</c>, and the tag of the metric.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Grpc">The gRPC status.</param>
/// <param name="Text">The text for people: the cause and what to do.</param>
/// <param name="IsForNow">True if the same request may succeed soon: the answer carries <c>Retry-After</c>.</param>
internal sealed record Refusal(string Code, int Status, StatusCode Grpc, string Text, bool IsForNow = false)
{
    /// <summary>The state of the job's log, where the refusal is about it.</summary>
    public RefusedState? State { get; init; }

    /// <summary>The epoch of the producer's newest run, where the refusal is about it.</summary>
    public long? ProducerEpoch { get; init; }

    /// <summary>The sequence that comes next in the producer's run, and the one that came, where the refusal is about them.</summary>
    public (long Expected, long Received)? Sequence { get; init; }

    public static readonly Refusal StoreAway = new(
        "log_unavailable",
        503,
        StatusCode.Unavailable,
        "The log can't be written at the moment. Nothing was appended. Try again in a moment.",
        IsForNow: true
    );

    public static readonly Refusal DiskFull = new(
        "disk_full",
        507,
        StatusCode.ResourceExhausted,
        "The log's disk is full. Nothing was appended. Make room on it, or have old jobs deleted (LogServer:Retention:EndedJobs).",
        IsForNow: true
    );

    public static readonly Refusal OutcomeUnknown = new(
        "outcome_unknown",
        503,
        StatusCode.Unavailable,
        "The log was lost while it was written: nobody knows whether the events were appended. Repeat the request as it was; with a "
            + "producer's headers, or an expected last id, it is made once.",
        IsForNow: true
    );

    public static readonly Refusal Stopping = new(
        "stopping",
        503,
        StatusCode.Unavailable,
        "The log server is stopping. Nothing was appended. Try again in a moment.",
        IsForNow: true
    );

    public static readonly Refusal TooManyRequests = new(
        "rate_limited",
        429,
        StatusCode.ResourceExhausted,
        "This address sends more requests a second than it may (LogServer:Limits:AppendsPerSecond). Nothing was appended. Come back "
            + "slower, and send several events in one request.",
        IsForNow: true
    );

    public static readonly Refusal TooManyAtOnce = new(
        "too_many_at_once",
        429,
        StatusCode.ResourceExhausted,
        "This address has as many requests under way as it may have (LogServer:Limits:AppendsAtOnce). Nothing was appended. Wait for "
            + "answers, and send several events in one request.",
        IsForNow: true
    );

    public static readonly Refusal JobNotFound = new("job_not_found", 404, StatusCode.NotFound, "There is no such job.");

    public static readonly Refusal InternalError = new(
        "internal_error",
        500,
        StatusCode.Internal,
        "A fault of the log server's own. Its log has more.",
        IsForNow: true
    );

    public static Refusal Invalid(string text) => new("invalid_request", 400, StatusCode.InvalidArgument, text);

    public static Refusal InvalidEvent(string text) => new("invalid_event", 400, StatusCode.InvalidArgument, text);

    public static Refusal EventTooLarge(string path, int bytes, int limit) =>
        new(
            "event_too_large",
            413,
            StatusCode.ResourceExhausted,
            $"{path} has {bytes} bytes, and may have {limit} (LogServer:Limits:EventBytes). Nothing was appended. Keep large data elsewhere, "
                + "and name it in the event."
        );

    public static Refusal TooManyEvents(int limit) =>
        new(
            "too_many_events",
            413,
            StatusCode.ResourceExhausted,
            $"A request may have {limit} events (LogServer:Limits:BatchEvents). Nothing was appended. Send them in several requests."
        );

    public static Refusal BatchTooLarge(int limit) =>
        new(
            "batch_too_large",
            413,
            StatusCode.ResourceExhausted,
            $"The body may have {limit} bytes (LogServer:Limits:BatchBytes). Nothing was appended. Send the events in several requests."
        );

    public static Refusal Ended(string text) => new("job_ended", 409, StatusCode.FailedPrecondition, text);

    public static Refusal Conflict(string text) => new("last_id_conflict", 409, StatusCode.Aborted, text);

    public static Refusal Gap(string text) => new("sequence_gap", 409, StatusCode.Aborted, text);

    public static Refusal Fenced(string text) => new("producer_fenced", 403, StatusCode.PermissionDenied, text);
}

/// <summary>The end of a job's log, in a refusal.</summary>
/// <param name="LastId">The id of the last event; 0: none.</param>
/// <param name="Epoch">The log's epoch; null if it isn't known.</param>
/// <param name="Ended">True if that event ended the job.</param>
internal sealed record RefusedState(long LastId, string? Epoch, bool Ended);

/// <summary>A request is refused.</summary>
/// <param name="refusal">The reason.</param>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Text)
{
    public Refusal Refusal => refusal;
}
