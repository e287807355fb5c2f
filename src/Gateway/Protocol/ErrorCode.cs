namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// An error's code, for programs: the closed set of PROTOCOL.md section 6. <see cref="Text"/> is the default sentence for people;
/// a more exact one may replace it. No text ever carries an exception's, a backend's or an address.
/// </summary>
/// <param name="Name">The <c>code</c> member.</param>
/// <param name="Retryable">True if the same request may succeed later.</param>
/// <param name="Text">The default text for people: the cause and what to do.</param>
internal sealed record ErrorCode(string Name, bool Retryable, string Text)
{
    public static readonly ErrorCode InvalidMessage = new("invalid_message", false, "The message is not a valid client message.");

    public static readonly ErrorCode UnknownType = new(
        "unknown_type",
        false,
        "The message's \"type\" is not known. Send subscribe, unsubscribe, replay or ping."
    );

    public static readonly ErrorCode Unauthorized = new(
        "unauthorized",
        false,
        "The job's backend refused the token. Come back with another one."
    );

    public static readonly ErrorCode Forbidden = new("forbidden", false, "This job may not be watched by this caller.");

    public static readonly ErrorCode JobNotFound = new("job_not_found", false, "No such job is known. Check the job id.");

    public static readonly ErrorCode HistoryTruncated = new(
        "history_truncated",
        false,
        "The job's log no longer reaches back to this position: events in between are gone. Subscribe from 0 to see what is left."
    );

    public static readonly ErrorCode CursorAhead = new(
        "cursor_ahead",
        false,
        "The position is beyond the end of the job's log. Subscribe from 0, or without a position for what happens from now on."
    );

    public static readonly ErrorCode EpochChanged = new(
        "epoch_changed",
        false,
        "The job's log is another one now, so this position means nothing in it. Subscribe from 0 without an epoch."
    );

    public static readonly ErrorCode TooManySubscriptions = new(
        "too_many_subscriptions",
        false,
        "This connection has as many subscriptions as it may have. Unsubscribe from a job first, or open another connection."
    );

    public static readonly ErrorCode RateLimited = new(
        "rate_limited",
        true,
        "Too many messages in a short time: this one was dropped. Wait a second, then send it again, and fewer at once."
    );

    public static readonly ErrorCode BackendUnavailable = new(
        "backend_unavailable",
        true,
        "The job's backend can't be reached at the moment."
    );

    public static readonly ErrorCode BackendError = new(
        "backend_error",
        false,
        "The job's backend failed or broke its contract. Its operator should look into the gateway's log."
    );

    public static readonly ErrorCode BadEvent = new(
        "bad_event",
        false,
        "The job has an event that can't be shown. Subscribe with its id as the position to skip it."
    );
}
