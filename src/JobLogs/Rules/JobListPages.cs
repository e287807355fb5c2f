using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Rules;

/// <summary>Cuts pages of the list of jobs. Pure.</summary>
internal static class JobListPages
{
    /// <summary>The most bytes of a page's jobs, unless it has only one: 1 MiB less what the answer adds, at most 8 for each.</summary>
    private const int MaxBytes = (1024 * 1024) - 4096;

    /// <summary>Makes a page of as many jobs as fit.</summary>
    /// <param name="query">The question.</param>
    /// <param name="jobs">The jobs from its place on, with the time by which they are ordered; one more than its limit shows that there is a next page.</param>
    public static JobList Page(JobListQuery query, IEnumerable<(Job Job, DateTimeOffset UpdateTime)> jobs)
    {
        var page = new List<Job>();
        var place = query.After;
        var bytes = 0L;
        foreach (var (job, time) in jobs)
        {
            bytes += job.CalculateSize();
            if (page.Count == query.Limit || (page.Count > 0 && bytes > MaxBytes))
            {
                return new JobList(page, place);
            }

            page.Add(job);
            place = new JobListPlace(time, time == place?.UpdateTime ? place.Ties + 1 : 1);
        }

        return new JobList(page, Next: null);
    }
}
