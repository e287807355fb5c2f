namespace OptimizationGateway.Load.Backend;

/// <summary>One thread that appends to all jobs with a rate, each when it is due. The jobs of one rate are spread over its period.</summary>
internal sealed class Pacer
{
    private readonly PriorityQueue<LoadJob, long> due = new();
    private readonly Lock gate = new();
    private int added;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    public void Add(LoadJob job)
    {
        var period = Period(job);
        lock (gate)
        {
            // The golden ratio spreads any number of jobs evenly.
            job.DueAt = Moment.Now + (long)(added++ * 0.6180339887 % 1 * period);
            due.Enqueue(job, job.DueAt);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            due.Clear();
        }
    }

    private static long Period(LoadJob job) => 1_000_000 / job.Name.Number;

    private void Run()
    {
        for (; ; Thread.Sleep(1))
        {
            var now = Moment.Now;
            while (TakeDue(now) is { } job)
            {
                job.Append();
            }
        }
    }

    private LoadJob? TakeDue(long now)
    {
        lock (gate)
        {
            if (!due.TryPeek(out var job, out var at) || at > now)
            {
                return null;
            }

            job.DueAt += Period(job);
            due.DequeueEnqueue(job, job.DueAt);
            return job;
        }
    }
}
