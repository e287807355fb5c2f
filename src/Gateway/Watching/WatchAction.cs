using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>
/// The closed set of things that a <see cref="WatchMachine"/> wants done, one at a time. Those that come with every event are reused: an
/// action is good until the next one is asked for.
/// </summary>
internal abstract record WatchAction
{
    /// <summary>Opens a stream, and reports it with <see cref="WatchMachine.StreamOpened"/>.</summary>
    /// <param name="Cursor">The position to go on from; null for live events only.</param>
    /// <param name="Epoch">The epoch to ask for; empty if it isn't known.</param>
    public sealed record OpenStream(long? Cursor, string Epoch) : WatchAction;

    /// <summary>
    /// Reads the stream's next message for as long as this, and reports the outcome with <see cref="WatchMachine.Received"/>.
    /// </summary>
    public sealed record Read(TimeSpan Within) : WatchAction
    {
        /// <summary>The time to wait for it.</summary>
        public TimeSpan Within { get; set; } = Within;
    }

    /// <summary>
    /// Tells the consumer a step. The consumer may answer with <see cref="WatchMachine.Refuse"/> or <see cref="WatchMachine.LetGo"/>.
    /// </summary>
    public sealed record Tell(WatchStep Step) : WatchAction;

    /// <summary>Closes the stream.</summary>
    /// <param name="Fault">The fault that broke it; null if it is given up because the client takes nothing.</param>
    /// <param name="Cursor">The watch's position.</param>
    /// <param name="IsBackendDown">True if the fault is a sign that the backend is unhealthy, rather than a refusal.</param>
    /// <param name="Reopens">True if another stream will be opened.</param>
    public sealed record Close(WatchFault? Fault, long? Cursor, bool IsBackendDown, bool Reopens) : WatchAction;

    /// <summary>
    /// Waits for the backend's turn to open a stream for as long as this, and reports with <see cref="WatchMachine.TurnCame"/> if it came.
    /// </summary>
    /// <param name="Within">The time; infinite if nothing else is to be done meanwhile.</param>
    public sealed record AwaitTurn(TimeSpan Within) : WatchAction;

    /// <summary>Waits for this long.</summary>
    public sealed record Wait(TimeSpan For) : WatchAction;

    /// <summary>Counts events that the client has already, or that came after the job's end.</summary>
    public sealed record CountDropped(int Count) : WatchAction;

    /// <summary>Records that the backend has confirmed the stream, which goes on from the cursor.</summary>
    public sealed record NoteConfirmed(long? Cursor) : WatchAction;

    /// <summary>Records that the watch makes progress: the backend is healthy as far as this watch can tell.</summary>
    public sealed record NoteProgress : WatchAction;

    /// <summary>Ends the watch.</summary>
    public sealed record End : WatchAction;
}
