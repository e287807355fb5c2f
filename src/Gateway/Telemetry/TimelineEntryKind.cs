namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The kinds of timeline entries. None of them comes with every job event.</summary>
internal enum TimelineEntryKind
{
    /// <summary>The client connected.</summary>
    Connected,

    /// <summary>The client subscribed to a job; the event id is its cursor.</summary>
    SubscribeAsked,

    /// <summary>The backend confirmed the watch; the event id is the newest one.</summary>
    Subscribed,

    /// <summary>The client asked for a one-off replay; the event id is its cursor.</summary>
    ReplayAsked,

    /// <summary>The client wants no more of a job.</summary>
    UnsubscribeAsked,

    /// <summary>A subscription ended; the code is the reason.</summary>
    Unsubscribed,

    /// <summary>An error was sent; the code is its code.</summary>
    ErrorSent,

    /// <summary>A stream broke; the code is the cause.</summary>
    StreamBroke,

    /// <summary>A stream was given up because the client took nothing for a while.</summary>
    HeldBack,

    /// <summary>A reopened stream is confirmed; the event id is its cursor.</summary>
    StreamResumed,

    /// <summary>The subscription shares the job's stream with others; the event id is its cursor.</summary>
    StreamShared,

    /// <summary>The subscription fell behind the others, or its shared stream ended, and it gets its own; the event id is its cursor.</summary>
    StreamAlone,

    /// <summary>It was decided how the connection ends; the code is the reason.</summary>
    Ending,
}
