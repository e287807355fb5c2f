using Grpc.Core;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class JobsList()
    : Rule(
        "jobs-list",
        "8.10",
        "JobsService, where there is one, lists each job once, those that changed last first, finds jobs by state and text, and is never ahead of WatchJob."
    )
{
    private const int SmallPage = 1;
    private const int SmallPages = 50;
    private const int LargePage = 100;
    private const int LargePages = 10;
    private const int Watched = 5;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var list = subject.List;
        // First, so that nobody waits for a job where there is no list.
        await list.PageAsync(new ListJobsRequest { PageSize = 1 }, token);
        var finished = await subject.Jobs.FinishedAsync(token);
        var found = await JudgePagesAsync(list, token);
        await JudgeFinishedAsync(subject, finished, found, token);
        foreach (var job in found.Take(Watched))
        {
            await JudgeLastEventAsync(subject, job, token);
        }

        await list.RefusedAsync(new ListJobsRequest { PageToken = "no such token" }, StatusCode.InvalidArgument, token);
        await list.RefusedAsync(new GetJobRequest { JobId = $"no-such-job-{Guid.NewGuid():N}" }, StatusCode.NotFound, token);
        return Finding.Pass(
            $"{Spoken.Count(found.Count, "job")} in pages of {SmallPage}, in order and each once; {finished} by its id and state."
        );
    }

    /// <summary>Jobs may change meanwhile. Those that didn't, by the lists before and after, must have come once.</summary>
    private static async Task<List<Job>> JudgePagesAsync(JobListing list, CancellationToken token)
    {
        var large = new ListJobsRequest { PageSize = LargePage };
        var (before, _) = await list.PagesAsync(large, LargePages, token);
        var (found, areAll) = await list.PagesAsync(new ListJobsRequest { PageSize = SmallPage }, SmallPages, token);
        var (after, _) = await list.PagesAsync(large, LargePages, token);
        JudgeOrder(before);
        JudgeOrder(found);

        // A job that changed meanwhile may come again, with another time.
        if (found.GroupBy(job => (job.JobId, job.UpdateTime)).FirstOrDefault(same => same.Count() > 1) is { } repeated)
        {
            throw new BreachException(
                $"In pages of {SmallPage} {repeated.Key.JobId}, which didn't change, came {Spoken.Count(repeated.Count(), "time")}."
            );
        }

        var end = areAll ? null : found[^1].UpdateTime;
        var times = after.ToLookup(job => job.JobId, job => job.UpdateTime, StringComparer.Ordinal);
        var isThere = found.Select(job => job.JobId).ToHashSet(StringComparer.Ordinal);
        var lost = before.Find(job =>
            times[job.JobId].Contains(job.UpdateTime) && (end is null || job.UpdateTime > end) && !isThere.Contains(job.JobId)
        );
        if (lost is not null)
        {
            throw new BreachException($"In pages of {SmallPage} {lost.JobId}, which didn't change, came not at all.");
        }

        return found;
    }

    private static void JudgeOrder(List<Job> jobs)
    {
        foreach (var (job, next) in jobs.Zip(jobs.Skip(1)))
        {
            if (job.UpdateTime is null || (next.UpdateTime ?? job.UpdateTime) > job.UpdateTime)
            {
                throw new BreachException(
                    $"In the list {next.JobId}, which changed at {next.UpdateTime}, follows {job.JobId}, which changed at {job.UpdateTime}: newest first."
                );
            }
        }
    }

    private static async Task JudgeFinishedAsync(Subject subject, string finished, List<Job> found, CancellationToken token)
    {
        var (list, job) = (subject.List, await subject.List.JobAsync(finished, token));
        if (job is null && found.TrueForAll(other => other.JobId != finished))
        {
            throw new NotApplicableException($"{finished} isn't in the list: --finished-job names a job that is.");
        }

        if (job?.JobId != finished)
        {
            throw new BreachException(
                $"{finished} is in the list, and GetJob of it gave {(job is null ? "NOT_FOUND" : $"'{job.JobId}'")}."
            );
        }

        using var watch = subject.Watch(finished, after: null, token);
        var last = (await watch.NextAsync(Limits.NextMessage, token))?.Subscribed?.LastEventId;
        if (job.LastEventId != last)
        {
            throw new BreachException(
                $"GetJob says that {finished}, which has ended, has {job.LastEventId} as its last event; WatchJob says {last}."
            );
        }

        // In capitals, because ASCII's letters match in either case.
        var byText = new ListJobsRequest { PageSize = LargePage, Query = finished.ToUpperInvariant() };
        await JudgeFilterAsync(list, byText, finished, other => Has(other, finished), token);
        var byState = new ListJobsRequest
        {
            PageSize = LargePage,
            States = { job.State },
            Query = finished,
        };
        await JudgeFilterAsync(list, byState, finished, other => other.State == job.State, token);
        var byOther = new ListJobsRequest { States = { JobState.Queued, JobState.Running, JobState.Paused }, Query = finished };
        if ((await list.PagesAsync(byOther, LargePages, token)).Jobs.Find(other => other.JobId == finished) is not null)
        {
            throw new BreachException($"{finished}, which has ended, came where jobs that haven't were asked for.");
        }
    }

    private static async Task JudgeFilterAsync(
        JobListing list,
        ListJobsRequest request,
        string finished,
        Func<Job, bool> matches,
        CancellationToken token
    )
    {
        var (found, _) = await list.PagesAsync(request, LargePages, token);
        if (found.Find(job => !matches(job)) is { } other)
        {
            throw new BreachException($"ListJobs({request}) was answered with {other.JobId} ({other.State}), which doesn't match.");
        }

        if (found.TrueForAll(job => job.JobId != finished))
        {
            throw new BreachException($"ListJobs({request}) was answered without {finished}.");
        }
    }

    private static async Task JudgeLastEventAsync(Subject subject, Job job, CancellationToken token)
    {
        using var watch = subject.Watch(job.JobId, after: null, token);
        var message = await watch.NextAsync(Limits.NextMessage, token);
        if (message?.Subscribed is not { } subscribed)
        {
            throw new BreachException($"{job.JobId} is in the list, and its watch was answered by {watch.End}.");
        }

        if (job.LastEventId > subscribed.LastEventId)
        {
            throw new BreachException(
                $"The list says that {job.JobId} has event {job.LastEventId}, and WatchJob said later that {subscribed.LastEventId} is the last."
            );
        }
    }

    private static bool Has(Job job, string text) =>
        new[] { job.JobId, job.PromptId, job.DatasetId }.Any(id => id.Contains(text, StringComparison.OrdinalIgnoreCase));
}
