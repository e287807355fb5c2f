using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Load;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>All logs there are, by the job's id: of jobs that ran, and of those that are generated.</summary>
internal sealed class StubJobLog(IJobLogStore stored, LoadJobs loadJobs) : IJobLog
{
    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => Log(jobId).FindAsync(jobId, token);

    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token) =>
        Log(jobId).ReadAsync(jobId, afterEventId, token);

    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) =>
        Log(jobId).WaitAsync(jobId, afterEventId, within, token);

    private IJobLog Log(string jobId) => loadJobs.Find(jobId) ?? stored;
}
