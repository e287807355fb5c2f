using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The logs' settings, as the stub has them.</summary>
internal sealed class StubJobLogs(IOptions<StubOptions> options) : IConfigureOptions<JobLogsOptions>
{
    public void Configure(JobLogsOptions logs)
    {
        logs.Directory = options.Value.DataDirectory;
        logs.DirectorySetting = $"{StubOptions.Section}:{nameof(StubOptions.DataDirectory)}";
        logs.FileName = "stub";
        logs.Schema = JobsList.Schema;
        logs.RetainEventsPerJob = options.Value.RetainEventsPerJob;
        logs.HeartbeatInterval = options.Value.HeartbeatInterval;
    }
}
