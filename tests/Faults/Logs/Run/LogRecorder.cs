using System.Collections.Concurrent;
using OptimizationGateway.Faults.Logs.Checker;

namespace OptimizationGateway.Faults.Logs.Run;

/// <summary>What a run writes down.</summary>
internal sealed class LogRecorder
{
    private readonly ConcurrentQueue<Acknowledged> acknowledged = new();
    private readonly ConcurrentQueue<Refused> refused = new();
    private readonly ConcurrentDictionary<string, bool> jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> surprises = new();
    private long events;

    /// <summary>Called with each job that a producer begins.</summary>
    public Action<string> JobBegan { get; set; } = static _ => { };

    /// <summary>The jobs that have an acknowledged event.</summary>
    public IEnumerable<string> Jobs => jobs.Keys;

    /// <summary>Answers that no producer should get.</summary>
    public IReadOnlyCollection<string> Surprises => surprises;

    public long EventsAcknowledged => Volatile.Read(ref events);

    public void Add(Acknowledged ack)
    {
        acknowledged.Enqueue(ack);
        Interlocked.Add(ref events, ack.IsRepeat ? 0 : ack.Tokens.Count);
        if (jobs.TryAdd(ack.Job, true))
        {
            JobBegan(ack.Job);
        }
    }

    public void Add(Refused append) => refused.Enqueue(append);

    public void Surprise(string what) => surprises.Enqueue(what);

    public LogHistory ToHistory(IReadOnlyList<Watched> watched, IReadOnlyDictionary<string, IReadOnlyList<Got>> logs) =>
        new([.. acknowledged], [.. refused], watched, logs);
}
