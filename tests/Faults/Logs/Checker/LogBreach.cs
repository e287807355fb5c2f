namespace OptimizationGateway.Faults.Logs.Checker;

/// <summary>What has to hold of logs that are appended to.</summary>
internal enum LogInvariant
{
    /// <summary>What was acknowledged or seen is in the log, unless its epoch has ended.</summary>
    Durable,

    /// <summary>An id of an epoch has one content for ever.</summary>
    OneContent,

    /// <summary>Ids go up by one, from 1, in the log and for each watcher.</summary>
    NoGap,

    /// <summary>Nothing follows a terminal event.</summary>
    EndsOnce,

    /// <summary>No two appends were acknowledged at one id.</summary>
    OneAppendAnId,

    /// <summary>Each event that was sent is in the log once at most, however often it was sent.</summary>
    OnceEach,

    /// <summary>What was refused isn't in the log.</summary>
    NothingRefused,

    /// <summary>Of a producer nothing follows its next run, and its appends are in their order.</summary>
    Fenced,

    /// <summary>A minute after the last fault each watcher has all there is.</summary>
    Recovers,
}

/// <summary>An invariant that didn't hold.</summary>
/// <param name="Invariant">The invariant.</param>
/// <param name="Job">The job.</param>
/// <param name="What">The breach, in words.</param>
internal sealed record LogBreach(LogInvariant Invariant, string Job, string What);
