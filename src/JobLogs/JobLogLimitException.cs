namespace OptimizationGateway.JobLogs;

/// <summary>The limits of a store.</summary>
public enum JobLogLimit
{
    /// <summary>The number of jobs: <see cref="JobLogsOptions.MaxJobs"/>.</summary>
    Jobs,

    /// <summary>The number of producers of a job: <see cref="JobLogsOptions.MaxProducersPerJob"/>.</summary>
    ProducersPerJob,
}

/// <summary>The store has as many jobs, or the job as many producers, as it may have. Nothing was appended.</summary>
/// <param name="limit">The limit.</param>
/// <param name="most">Its value.</param>
public sealed class JobLogLimitException(JobLogLimit limit, long most)
    : Exception(limit == JobLogLimit.Jobs ? $"The log may have {most} jobs" : $"A job may have {most} producers")
{
    /// <summary>The limit.</summary>
    public JobLogLimit Limit => limit;
}
