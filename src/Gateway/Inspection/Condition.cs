namespace OptimizationGateway.Gateway.Inspection;

/// <summary>How a subscription is doing, in a word: the answer to "why did this viewer miss it?". The later, the worse.</summary>
internal enum Condition
{
    /// <summary>No more comes: the job has ended, and the client was told.</summary>
    Ended,

    /// <summary>The client has all that the gateway knows of.</summary>
    Current,

    /// <summary>There is more, and it is on its way.</summary>
    CatchingUp,

    /// <summary>The backend hasn't confirmed it yet.</summary>
    Opening,

    /// <summary>No more comes: it failed, the client was told why, and has to subscribe anew.</summary>
    Failed,

    /// <summary>What was read waits for the client, for a second or more.</summary>
    SlowReader,

    /// <summary>The stream broke, and no other stands.</summary>
    BackendAway,
}
