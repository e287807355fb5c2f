using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The logs' settings, as the stub has them.</summary>
internal sealed class StubJobLogs(IOptions<StubOptions> options) : IConfigureOptions<JobLogsOptions>
{
    public void Configure(JobLogsOptions logs)
    {
        logs.Directory = options.Value.DataDirectory;
        logs.DirectorySetting = $"{StubOptions.Section}:{nameof(StubOptions.DataDirectory)}";
        logs.FileName = "stub";
        logs.RetainEventsPerJob = options.Value.RetainEventsPerJob;
        logs.HeartbeatInterval = options.Value.HeartbeatInterval;
    }
}
