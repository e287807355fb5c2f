namespace OptimizationGateway.Faults.Logs.Checker;

/// <summary>The name of an event that a producer sends: it is in the event's data, so that it can be found again.</summary>
/// <param name="Producer">The producer's id.</param>
/// <param name="Epoch">Its run.</param>
/// <param name="Sequence">The number of the append.</param>
/// <param name="Index">The number of the event in the append.</param>
internal readonly record struct EventToken(string Producer, long Epoch, long Sequence, int Index);

/// <summary>An append that was acknowledged.</summary>
/// <param name="Job">The job.</param>
/// <param name="Tokens">Its events.</param>
/// <param name="LogEpoch">The log's epoch at that moment.</param>
/// <param name="LastId">The log's last id.</param>
/// <param name="IsRepeat">True if the log said that it had the append already.</param>
internal sealed record Acknowledged(string Job, IReadOnlyList<EventToken> Tokens, string LogEpoch, long LastId, bool IsRepeat);

/// <summary>An append that was refused for good, each time that it was sent.</summary>
/// <param name="Job">The job.</param>
/// <param name="Tokens">Its events.</param>
/// <param name="Answer">The answer, in words.</param>
internal sealed record Refused(string Job, IReadOnlyList<EventToken> Tokens, string Answer);

/// <summary>An event as somebody got it.</summary>
/// <param name="LogEpoch">The log's epoch, as the watch was told it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Content">All of it but its id, in a form in which equal events are equal.</param>
/// <param name="Token">Its name; null for an event of the log's own.</param>
/// <param name="IsTerminal">True if it ends the job.</param>
internal sealed record Got(string LogEpoch, long Id, string Content, EventToken? Token, bool IsTerminal);

/// <summary>The events that one watcher got of a job, in order, over all its connections. It began before the first one.</summary>
/// <param name="Watcher">The watcher.</param>
/// <param name="Job">The job.</param>
/// <param name="Events">The events.</param>
internal sealed record Watched(string Watcher, string Job, IReadOnlyList<Got> Events);

/// <summary>A run of make log-chaos, as it was written down.</summary>
/// <param name="Acknowledged">The appends that were acknowledged.</param>
/// <param name="Refused">The appends that were refused.</param>
/// <param name="Watched">The stories of the watchers, up to 60 s after the last fault.</param>
/// <param name="Logs">The jobs' logs at the end, oldest event first.</param>
internal sealed record LogHistory(
    IReadOnlyList<Acknowledged> Acknowledged,
    IReadOnlyList<Refused> Refused,
    IReadOnlyList<Watched> Watched,
    IReadOnlyDictionary<string, IReadOnlyList<Got>> Logs
);
