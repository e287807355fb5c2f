using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs;

/// <summary>The state of a job's log at one moment and, of the same moment, some of its events, oldest first.</summary>
/// <param name="State">The state.</param>
/// <param name="Events">At most <see cref="MaxEvents"/> and <see cref="MaxBytes"/>.</param>
public sealed record JobLogPage(JobLogState State, IReadOnlyList<JobEvent> Events)
{
    /// <summary>The most events of a page: the contract's limit for one replay.</summary>
    public const int MaxEvents = 500;

    /// <summary>The most bytes of a page's events, unless it has only one: 1 MiB, less the bytes that a replay adds, at most 8 for each.</summary>
    public const int MaxBytes = (1024 * 1024) - (8 * MaxEvents);

    /// <summary>Makes a page of as many events as fit.</summary>
    /// <param name="state">The state.</param>
    /// <param name="events">The events after the id that is asked for, oldest first; no more are read than fit.</param>
    public static JobLogPage Of(JobLogState state, IEnumerable<JobEvent> events)
    {
        var page = new List<JobEvent>();
        var bytes = 0L;
        foreach (var jobEvent in events)
        {
            bytes += jobEvent.CalculateSize();
            if (page.Count == MaxEvents || (page.Count > 0 && bytes > MaxBytes))
            {
                break;
            }

            page.Add(jobEvent);
        }

        return new JobLogPage(state, page);
    }
}
