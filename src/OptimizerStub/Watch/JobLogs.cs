using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Load;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>Finds a job's log by the job's id, whether it ran or is generated.</summary>
internal sealed class JobLogs(JobBoard board, EventLog log, LoadJobs loadJobs)
{
    public IJobLog? Find(string jobId) => board.Find(jobId) is { } job ? log.Of(job.Current) : loadJobs.Find(jobId);
}
