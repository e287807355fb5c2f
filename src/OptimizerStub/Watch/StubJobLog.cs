using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Load;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>All logs there are, by the job's id: of jobs that ran, and of those that are generated.</summary>
internal sealed class StubJobLog(JobBoard board, IJobLogStore stored, LoadJobs loadJobs) : IJobLog
{
    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => Find(jobId)?.FindAsync(jobId, token) ?? default;

    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token) =>
        Find(jobId)?.ReadAsync(jobId, afterEventId, token) ?? default;

    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) =>
        Find(jobId)!.WaitAsync(jobId, afterEventId, within, token);

    private IJobLog? Find(string jobId) => board.Find(jobId) is not null ? stored : loadJobs.Find(jobId);
}
