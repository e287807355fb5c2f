namespace OptimizationGateway.Gateway.Watching;

/// <summary>The states of a watch. A watch has at most one stream, and has one in the three states in the middle.</summary>
/// <remarks>
/// <code>
///           opened              confirmed, after a cursor           last replay
///   Waiting ─────────► Opening ──────────────────────────► Replaying ──────────► Live
///      ▲                 │  └──────────────── confirmed, live only ───────────────▲
///      │                 │                                     │                  │
///      └─────────────────┴─────────────────────────────────────┴──────────────────┘
///        a fault that is worth another attempt, silence, or a client that takes nothing
///
///   Opening, Replaying, Live ─────────────────────────────────────────────────► Ended
///        a fault that is final; the job has ended; the history is read
/// </code>
/// </remarks>
internal enum WatchState
{
    /// <summary>There is no stream; the next one is opened when the backoff and the wait for the backend's turn are over.</summary>
    Waiting,

    /// <summary>A stream was asked for, and the backend hasn't confirmed it.</summary>
    Opening,

    /// <summary>The stream is confirmed, and history that was asked for is still to come.</summary>
    Replaying,

    /// <summary>The stream is confirmed, and events come as they happen.</summary>
    Live,

    /// <summary>The client was told the end. Nothing follows.</summary>
    Ended,
}
