namespace OptimizationGateway.Faults.Checker;

/// <summary>What has to hold in every run.</summary>
internal enum Invariant
{
    /// <summary>Ids strictly increase.</summary>
    Ordered,

    /// <summary>No gap against the backend's log.</summary>
    Reliable,

    /// <summary>Each id once for one logical client, over all its connections.</summary>
    Unique,

    /// <summary>What arrives is what the backend has.</summary>
    Intact,

    /// <summary>Nothing arrives of another job, or on a connection that didn't ask for it.</summary>
    Addressed,

    /// <summary>Nothing arrives that the backend sent for another caller.</summary>
    Private,

    /// <summary>A terminal event once, nothing after it, and one <c>unsubscribed</c>.</summary>
    EndsOnce,

    /// <summary>Truncation, another epoch and a cursor ahead are said.</summary>
    Told,

    /// <summary>Nothing is refused that could be served, and no connection is closed for good.</summary>
    Served,

    /// <summary>When the faults are over every client reaches the head in time.</summary>
    Recovers,

    /// <summary>When the last socket is closed nothing is left open.</summary>
    AtRest,

    /// <summary>The clients themselves resume where they are; or the run would prove nothing.</summary>
    PlainClient,
}
