namespace OptimizationGateway.Faults.Logs.Checker;

/// <summary>Judges a run when it is over, by what was written down. It knows neither the programs nor the clients.</summary>
internal static class LogChecker
{
    /// <summary>Judges a run.</summary>
    /// <returns>The breaches; none if every promise held.</returns>
    public static IReadOnlyList<LogBreach> Check(LogHistory history) =>
        [
            .. history.Acknowledged.GroupBy(ack => ack.Job).SelectMany(acks => OneAppendAnId(acks.Key, acks)),
            .. history.Acknowledged.GroupBy(ack => ack.Job).SelectMany(acks => Durable(acks.Key, acks, LogOf(history, acks.Key))),
            .. history.Refused.GroupBy(append => append.Job).SelectMany(appends => NothingRefused(appends, LogOf(history, appends.Key))),
            .. history.Logs.SelectMany(log => CheckLog(log.Key, log.Value)),
            .. history.Watched.SelectMany(watched => CheckWatcher(watched, LogOf(history, watched.Job))),
            .. history.Watched.GroupBy(watched => watched.Job).SelectMany(stories => OneContent(stories.Key, stories, history)),
        ];

    private static IReadOnlyList<Got> LogOf(LogHistory history, string job) => history.Logs.GetValueOrDefault(job, []);

    private static string EpochOf(IReadOnlyList<Got> log) => log.Count > 0 ? log[^1].LogEpoch : "";

    private static IEnumerable<LogBreach> OneAppendAnId(string job, IEnumerable<Acknowledged> acks) =>
        from ack in acks
        where !ack.IsRepeat
        group ack by (ack.LogEpoch, ack.LastId) into sameId
        where sameId.Select(ack => ack.Tokens[^1]).Distinct().Count() > 1
        select new LogBreach(
            LogInvariant.OneAppendAnId,
            job,
            $"{string.Join(" and ", sameId.Select(ack => ack.Tokens[^1]))} were both acknowledged at id {sameId.Key.LastId}."
        );

    private static IEnumerable<LogBreach> Durable(string job, IEnumerable<Acknowledged> acks, IReadOnlyList<Got> log)
    {
        var there = log.Select(e => e.Token).ToHashSet();
        return from ack in acks
            where log.Count == 0 || ack.LogEpoch == EpochOf(log)
            from token in ack.Tokens
            where !there.Contains(token)
            select new LogBreach(LogInvariant.Durable, job, $"{token} was acknowledged up to id {ack.LastId}, and isn't in the log.");
    }

    private static IEnumerable<LogBreach> NothingRefused(IEnumerable<Refused> appends, IReadOnlyList<Got> log)
    {
        var there = log.Where(e => e.Token is not null).ToLookup(e => e.Token!.Value, e => e.Id);
        return from append in appends
            from token in append.Tokens
            from id in there[token]
            select new LogBreach(LogInvariant.NothingRefused, append.Job, $"{token} was refused ({append.Answer}), and is event {id}.");
    }

    private static IEnumerable<LogBreach> CheckLog(string job, IReadOnlyList<Got> log) =>
        [
            .. InOrder(job, "The log", log),
            .. from e in log
            where e.Token is not null
            group e by e.Token into same
            where same.Count() > 1
            select new LogBreach(LogInvariant.OnceEach, job, $"{same.Key} is there as {string.Join(" and ", same.Select(e => e.Id))}."),
            .. Fenced(job, log),
        ];

    private static IEnumerable<LogBreach> Fenced(string job, IReadOnlyList<Got> log)
    {
        var last = new Dictionary<string, EventToken>(StringComparer.Ordinal);
        foreach (var token in log.Select(e => e.Token).OfType<EventToken>())
        {
            if (last.TryGetValue(token.Producer, out var before) && IsAfter(before, token))
            {
                yield return new LogBreach(LogInvariant.Fenced, job, $"{token} is in the log after {before}.");
            }

            last[token.Producer] = token;
        }
    }

    private static bool IsAfter(EventToken one, EventToken other) =>
        (one.Epoch, one.Sequence, one.Index).CompareTo((other.Epoch, other.Sequence, other.Index)) > 0;

    private static IEnumerable<LogBreach> CheckWatcher(Watched watched, IReadOnlyList<Got> log)
    {
        foreach (var breach in InOrder(watched.Job, watched.Watcher, watched.Events))
        {
            yield return breach;
        }

        var epoch = EpochOf(log);
        var seen = watched.Events.Where(e => e.LogEpoch == epoch).ToList();
        var ids = log.Select(e => e.Id).ToHashSet();
        foreach (var lost in seen.Where(e => !ids.Contains(e.Id)))
        {
            yield return new LogBreach(
                LogInvariant.Durable,
                watched.Job,
                $"{watched.Watcher} has seen event {lost.Id}, and it isn't in the log."
            );
        }

        // Whoever has seen a job end looks at it no more, also if the log went back behind its end later.
        var isDone = watched.Events is [.., { IsTerminal: true }];
        if (!isDone && log.Count > 0 && (seen.Count == 0 || seen[^1].Id < log[^1].Id))
        {
            var last = seen.Count > 0 ? $"event {seen[^1].Id}" : "nothing";
            yield return new LogBreach(LogInvariant.Recovers, watched.Job, $"{watched.Watcher} has {last} of {log[^1].Id} in this epoch.");
        }
    }

    private static IEnumerable<LogBreach> InOrder(string job, string who, IReadOnlyList<Got> events)
    {
        Got? before = null;
        foreach (var e in events)
        {
            var last = before?.LogEpoch == e.LogEpoch ? before : null;
            if (e.Id != (last?.Id ?? 0) + 1)
            {
                yield return new LogBreach(LogInvariant.NoGap, job, $"{who} has event {e.Id} after {last?.Id ?? 0}.");
            }

            if (last is { IsTerminal: true })
            {
                yield return new LogBreach(
                    LogInvariant.EndsOnce,
                    job,
                    $"{who} has event {e.Id} after event {last.Id}, which ended the job."
                );
            }

            before = e;
        }
    }

    private static IEnumerable<LogBreach> OneContent(string job, IEnumerable<Watched> stories, LogHistory history) =>
        from e in stories.SelectMany(story => story.Events).Concat(LogOf(history, job))
        group e by (e.LogEpoch, e.Id) into same
        where same.Select(e => e.Content).Distinct(StringComparer.Ordinal).Count() > 1
        select new LogBreach(
            LogInvariant.OneContent,
            job,
            $"Event {same.Key.Id} of epoch {same.Key.LogEpoch} was seen with more than one content."
        );
}
