using OptimizationGateway.Faults.Clients;

namespace OptimizationGateway.Faults.Checker;

/// <summary>What one logical client was told, of all its jobs. A job in which something is wrong isn't looked at any further.</summary>
internal sealed class ClientStory(string client, BackendLogs logs, RunFacts facts)
{
    /// <summary>How long a client may take to reach the head when the faults are over.</summary>
    public static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, JobStory> jobs = [];
    private readonly HashSet<string> broken = [];
    private long lastAt;
    private bool isDone;
    private string? caller;

    public string Client => client;

    public Breach? Take(HistoryLine line)
    {
        lastAt = line.At;
        isDone |= line.What == HistoryKind.Done;
        caller ??= line.Caller;
        Breach? breach = null;
        if (line.What == HistoryKind.Closed)
        {
            // A WebSocket carries all jobs, a request one.
            foreach (var each in jobs.Values.Where(each => line.Job is null || line.Job == each.Job))
            {
                each.Closed();
            }

            breach = IsFinal(line.Code) ? new Breach(Invariant.Served, $"Its connection was closed for good, with {line.Code}.") : null;
        }
        else if (line.What == HistoryKind.Garbled)
        {
            breach = new Breach(Invariant.Intact, $"What came can't be read: {line.Code}");
        }
        else if (line.Job is { } name && !broken.Contains(name))
        {
            breach = AnotherCallers(line) ?? Story(name, line.What).Take(line);
            Break(breach, name);
        }

        return Named(breach, line.Job ?? "", line.At);
    }

    /// <summary>What only the end shows: whether all jobs reached the head.</summary>
    public IEnumerable<Breach> Finish()
    {
        foreach (var job in jobs.Values.Where(job => !broken.Contains(job.Job)))
        {
            var breach = job.Finish();
            if (breach is null && !isDone && facts.Heads.TryGetValue(job.Job, out var head))
            {
                breach = Recovery(job, head);
            }

            if (Named(breach, job.Job, lastAt) is { } found)
            {
                yield return found;
            }
        }
    }

    /// <summary>Each event says for whom the backend sent it.</summary>
    private Breach? AnotherCallers(HistoryLine line) =>
        line.Callers?.FirstOrDefault(told => told != caller) is { } other
            ? new Breach(Invariant.Private, $"It speaks for '{caller}', and got what the backend sent for '{other}'.")
            : null;

    private static bool IsFinal(string? code) =>
        code is "1002" or "1003" or "1007" or "1009" or "1011" || (code?[0] == '4' && code.Length == 4);

    private Breach? Recovery(JobStory job, long head) =>
        job.ReachedAt switch
        {
            null => new Breach(Invariant.Recovers, $"It never had all up to {head}."),
            { } at when at > facts.CalmAt + RecoveryLimit.TotalMilliseconds => new Breach(
                Invariant.Recovers,
                $"It had all up to {head} only {at - facts.CalmAt} ms after the faults were over."
            ),
            _ => null,
        };

    private JobStory Story(string name, HistoryKind what)
    {
        if (!jobs.TryGetValue(name, out var story))
        {
            long? head = facts.Heads.TryGetValue(name, out var known) ? known : null;
            story = new JobStory(name, logs, head);

            // What comes of a job that was never asked for is judged, and then forgotten.
            if (what == HistoryKind.Subscribe)
            {
                jobs[name] = story;
            }
        }

        return story;
    }

    private void Break(Breach? breach, string name)
    {
        if (breach is not null)
        {
            broken.Add(name);
        }
    }

    private Breach? Named(Breach? breach, string job, long at) =>
        breach is null ? null : breach with { Client = client, Job = job, At = at };
}
