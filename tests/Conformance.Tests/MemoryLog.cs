using System.Collections.Concurrent;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>A log of one's own: three methods. It is only in memory, so its epoch changes with every start.</summary>
internal sealed class MemoryLog(TimeProvider time) : IJobLog
{
    private readonly string epoch = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, Job> jobs = new(StringComparer.Ordinal);

    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => new(Find(jobId)?.Read(long.MaxValue).State);

    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token) =>
        new(Find(jobId)?.Read(afterEventId));

    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) =>
        jobs[jobId].Feed.WaitAsync(afterEventId, within, token);

    public void Append(string jobId, JobEvent jobEvent) => jobs.GetOrAdd(jobId, _ => new Job(epoch, time)).Append(jobEvent);

    private Job? Find(string jobId) => jobs.GetValueOrDefault(jobId);

    private sealed class Job(string epoch, TimeProvider time)
    {
        // Ids are 1, 2, 3 …: an event's id less one is its place.
        private readonly List<JobEvent> events = [];

        public JobFeed Feed { get; } = new(time);

        public JobLogPage Read(long after)
        {
            lock (events)
            {
                var state = new JobLogState(epoch, EarliestId: 1, events.Count, Ended: events is [.., var last] && last.IsTerminal());
                var first = (int)Math.Min(after, events.Count);
                return JobLogPage.Of(state, events.Skip(first));
            }
        }

        public void Append(JobEvent jobEvent)
        {
            lock (events)
            {
                jobEvent.PreviousId = events.Count;
                jobEvent.Id = events.Count + 1;
                events.Add(jobEvent);
            }

            Feed.Publish(jobEvent.Id);
        }
    }
}
