using Microsoft.Extensions.Options;

namespace OptimizationGateway.JobLogs;

/// <summary>The rules of <see cref="JobLogsOptions"/>.</summary>
internal sealed class JobLogsOptionsValidator : IValidateOptions<JobLogsOptions>
{
    public ValidateOptionsResult Validate(string? name, JobLogsOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Failures(JobLogsOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Directory))
        {
            yield return $"{options.DirectorySetting} must be a path.";
        }

        if (options.FileName.Length == 0 || Path.GetFileName(options.FileName) != options.FileName)
        {
            yield return "JobLogs:FileName must be the name of a file, without a folder.";
        }

        if (options.RetainEventsPerJob < 1)
        {
            yield return "JobLogs:RetainEventsPerJob must be a whole number of at least 1, or not set.";
        }

        if (options.MaxJobs < 1 || options.MaxProducersPerJob < 1)
        {
            yield return "JobLogs:MaxJobs and JobLogs:MaxProducersPerJob must be whole numbers of at least 1, or not set.";
        }

        if (options.RetainEndedJobs < TimeSpan.FromMinutes(1))
        {
            yield return "JobLogs:RetainEndedJobs must be a time of at least 00:01:00, or not set.";
        }

        if (options.EndLostJobsAfter < TimeSpan.FromMinutes(1) || options.EndLostJobsAfter > TimeSpan.FromDays(365))
        {
            yield return "JobLogs:EndLostJobsAfter must be a time from 00:01:00 to 365.00:00:00.";
        }

        if (WatchJobOptions.Fault(options.HeartbeatInterval) is { } fault)
        {
            yield return $"JobLogs:HeartbeatInterval {fault}";
        }
    }
}
