namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The kinds of timeline entries. None of them comes with every job event.</summary>
internal enum TimelineEntryKind
{
    /// <summary>The client connected.</summary>
    Connected,

    /// <summary>The client asked to watch a job; the event is where it wants to go on from.</summary>
    SubscribeAsked,

    /// <summary>The backend confirmed; the event is the newest one at that moment.</summary>
    Subscribed,

    /// <summary>The client asked for history once; the event is where it wants to go on from.</summary>
    ReplayAsked,

    /// <summary>The client wants no more of a job.</summary>
    UnsubscribeAsked,

    /// <summary>No more comes of a job; the code is the reason.</summary>
    Unsubscribed,

    /// <summary>An error was sent; the code is its code.</summary>
    ErrorSent,

    /// <summary>A stream broke; the code is the cause.</summary>
    StreamBroke,

    /// <summary>A stream was given up because the client took nothing for a while.</summary>
    HeldBack,

    /// <summary>The stream that took the place of another is confirmed; the event is where it goes on from.</summary>
    StreamResumed,

    /// <summary>It was decided how the connection ends; the code is the reason.</summary>
    Ending,
}
