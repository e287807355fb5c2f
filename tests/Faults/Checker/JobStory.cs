using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Checker;

/// <summary>What one logical client was told of one job, over all its connections, held against the backend's log.</summary>
internal sealed class JobStory(string job, BackendLogs logs, long? head)
{
    private enum State
    {
        None,
        Opening,
        Open,
    }

    private readonly bool hasEnd = logs.WholeOf(job)?.IsEnded is true;
    private State state;
    private int on;
    private long cursor;
    private string epoch = "";
    private long earliest;
    private bool hasAsked;
    private bool wasRefused;
    private bool hasTerminal;
    private bool isEnded;
    private string? lastError;
    private (long After, long Id)? gap;

    /// <summary>When it had all that there was when the faults were over.</summary>
    public long? ReachedAt { get; private set; }

    public string Job => job;

    public Breach? Take(HistoryLine line)
    {
        var breach = line.What switch
        {
            HistoryKind.Subscribe => TakeSubscribe(line),
            HistoryKind.Subscribed => TakeSubscribed(line),
            HistoryKind.Replay or HistoryKind.Event => TakeEvents(line),
            HistoryKind.Error => TakeError(line),
            HistoryKind.Unsubscribed => TakeUnsubscribed(line),
            _ => null,
        };
        if (ReachedAt is null && head is not null && (isEnded || (!hasEnd && cursor >= head)))
        {
            ReachedAt = line.At;
        }

        return breach;
    }

    public void Closed() => state = State.None;

    /// <summary>What only the end of the story shows.</summary>
    public Breach? Finish()
    {
        if (gap is not null)
        {
            return Gap();
        }

        var isServable = logs.WholeOf(job) is not { } log || ((epoch.Length == 0 || epoch == log.Epoch) && cursor <= log.Latest);
        return isServable
            ? null
            : new Breach(Invariant.Told, $"It asked after {cursor} of epoch '{epoch}', which isn't there, and was never told.");
    }

    private Breach? TakeSubscribe(HistoryLine line)
    {
        if (hasAsked && line.After != cursor)
        {
            return new Breach(Invariant.PlainClient, $"It resumed after {line.After} and had {cursor}.");
        }

        if (!hasAsked)
        {
            cursor = line.After ?? 0;
            epoch = line.Epoch ?? "";
        }

        hasAsked = true;
        state = State.Opening;
        on = line.On;
        lastError = null;
        return null;
    }

    private Breach? TakeSubscribed(HistoryLine line)
    {
        if (state != State.Opening || on != line.On)
        {
            return new Breach(Invariant.Addressed, "It was subscribed without having asked.");
        }

        state = State.Open;
        if (epoch.Length > 0 && line.Epoch != epoch)
        {
            return new Breach(Invariant.Told, $"The epoch was '{epoch}' and is '{line.Epoch}': it was never told.");
        }

        if (logs.WholeOf(job) is { } log && line.Epoch != log.Epoch)
        {
            return new Breach(Invariant.Told, $"It was told of epoch '{line.Epoch}'; the log's is '{log.Epoch}'.");
        }

        if (cursor == 0 && logs.WholeOf(job) is { } whole && line.Earliest > whole.First)
        {
            return new Breach(Invariant.Reliable, $"It was given the log from {line.Earliest} on, which begins at {whole.First}.")
            {
                Count = line.Earliest.Value - whole.First,
            };
        }

        if (cursor > 0 && line.Earliest > cursor + 1)
        {
            return new Breach(Invariant.Told, $"It asked after {cursor}, the log begins at {line.Earliest}: it was never told.");
        }

        if (line.Last < cursor)
        {
            return new Breach(Invariant.Told, $"It asked after {cursor}, the log ends at {line.Last}: it was never told.");
        }

        epoch = line.Epoch ?? "";
        earliest = cursor == 0 ? line.Earliest ?? 0 : 0;
        wasRefused = false;
        return null;
    }

    private Breach? TakeEvents(HistoryLine line)
    {
        if (state != State.Open || on != line.On)
        {
            return new Breach(Invariant.Addressed, "Events came though it isn't subscribed on this connection.");
        }

        if (line.Marks?.FirstOrDefault(mark => mark != job) is { } stranger)
        {
            return new Breach(Invariant.Addressed, $"An event of {stranger} came.");
        }

        for (var i = 0; i < line.Ids!.Length; i++)
        {
            if (TakeEvent(line.Ids[i], line.Sums![i]) is { } breach)
            {
                return breach;
            }

            hasTerminal |= line.Terminal == line.Ids[i];
        }

        return null;
    }

    private Breach? TakeEvent(long id, uint sum)
    {
        if (hasTerminal)
        {
            return new Breach(Invariant.EndsOnce, $"Event {id} came after the terminal one, {cursor}.");
        }

        if (gap is { } open)
        {
            // Only the next event tells whether the ones between are missing or late.
            return id > open.After && id < open.Id ? new Breach(Invariant.Ordered, $"Event {id} came after {open.Id}.") : Gap();
        }

        if (id <= cursor)
        {
            return new Breach(Invariant.Unique, $"Event {id} came again; it had {cursor}.");
        }

        // Where the log had been cut and all that is left was asked for, it begins where it begins.
        var isNext = earliest > 0 ? id >= earliest : id == cursor + 1;
        if (!isNext)
        {
            gap = (cursor, id);
            return null;
        }

        earliest = 0;
        cursor = id;
        var log = logs.Of(job, epoch);
        log.Count(id);
        if (log.Has(id, sum))
        {
            return null;
        }

        if (logs.EpochOf(id, sum, job, epoch) is { } other)
        {
            return new Breach(Invariant.Told, $"Event {id} is one of epoch '{other}', and it was told of '{epoch}'.");
        }

        return logs.OwnerOf(id, sum, job) is { } owner
            ? new Breach(Invariant.Addressed, $"Event {id} is one of {owner}.")
            : new Breach(Invariant.Intact, $"Event {id} isn't what the backend has (its log: {log.First} to {log.Latest}).");
    }

    private Breach? TakeError(HistoryLine line)
    {
        if (line.Reason is "kept")
        {
            return null;
        }

        lastError = line.Code;
        if (line.Reason is "not_opened" or "untouched")
        {
            state = State.None;
        }

        switch (line.Code)
        {
            case "backend_unavailable" or "rate_limited":
                return null;
            case "history_truncated" or "epoch_changed" or "cursor_ahead":
                var refused = Refuse(line.Code);
                Restart(line.Code);
                return refused;
            default:
                return new Breach(Invariant.Served, $"It was told {line.Code} ({line.Reason}) at {cursor}.");
        }
    }

    /// <summary>A no is right only where it is true, which can be seen where the whole log is known.</summary>
    private Breach? Refuse(string code)
    {
        if (logs.WholeOf(job) is not { } log)
        {
            return null;
        }

        var isTrue = code switch
        {
            "history_truncated" => cursor < log.First - 1,
            "epoch_changed" => epoch.Length > 0 && epoch != log.Epoch,
            _ => cursor > log.Latest,
        };
        return isTrue
            ? null
            : new Breach(
                Invariant.Served,
                $"It was told {code} at {cursor} of epoch '{epoch}'; the log has {log.First} to {log.Latest} of '{log.Epoch}'."
            );
    }

    private void Restart(string code)
    {
        wasRefused = true;
        cursor = 0;
        epoch = code == "history_truncated" ? epoch : "";
        gap = null;
    }

    private Breach? TakeUnsubscribed(HistoryLine line)
    {
        if (state != State.Open)
        {
            return new Breach(Invariant.EndsOnce, $"It was unsubscribed ({line.Reason}) from what wasn't open.");
        }

        state = State.None;
        if (line.Reason == "job_ended")
        {
            isEnded = true;
            return hasTerminal ? null : new Breach(Invariant.EndsOnce, $"The job ended for it at {cursor}, without a terminal event.");
        }

        return lastError is null && !wasRefused
            ? new Breach(Invariant.Told, $"It was unsubscribed ({line.Reason}) without a reason.")
            : null;
    }

    private Breach Gap() =>
        new(Invariant.Reliable, $"After {gap!.Value.After} came {gap.Value.Id}: {gap.Value.Id - gap.Value.After - 1} missing.")
        {
            Count = gap.Value.Id - gap.Value.After - 1,
        };
}
